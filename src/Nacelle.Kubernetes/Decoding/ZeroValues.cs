using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>
/// What the reference server writes for a field that was not given or is empty. It keeps objects as structures in memory, so an
/// empty string and an absent one are the same to it unless the field is nullable.
/// </summary>
public static class ZeroValues
{
    /// <summary>A structure with nothing given: only the fields that are always written.</summary>
    public static JsonObject Structure(SchemaType type)
    {
        var document = new JsonObject();
        foreach (SchemaField field in type.Fields)
        {
            Append(document, field, given: false, null);
        }

        return document;
    }

    /// <summary>Adds the field to the end of the document in the form in which it is written, or leaves it out.</summary>
    /// <param name="given">Whether the value is meant to be there; JSON null counts as not given.</param>
    internal static void Append(JsonObject document, SchemaField field, bool given, JsonNode? value)
    {
        if (field.Nullable || field.Type.Kind == SchemaKind.Raw)
        {
            if (given || field.Always)
            {
                document[field.Name] = value;
            }

            return;
        }

        if (field.Type.Kind is SchemaKind.List or SchemaKind.Map or SchemaKind.Bytes)
        {
            if (field.Always || (given && !IsEmpty(value)))
            {
                document[field.Name] = value;
            }

            return;
        }

        JsonNode? written = given ? value : Zero(field.Type);
        bool empty = written is null || (!given && field.Type.Kind == SchemaKind.Structure) || IsZeroScalar(field.Type, written);
        bool structural = field.Type.Kind is SchemaKind.Structure or SchemaKind.Quantity or SchemaKind.IntOrString
            or SchemaKind.Time or SchemaKind.MicroTime or SchemaKind.Duration;
        bool leaveOut = structural
            ? field.OmitZero && (empty || written is JsonObject { Count: 0 })
            : empty && !field.Always;
        if (!leaveOut)
        {
            document[field.Name] = written;
        }
    }

    /// <summary>The zero of a type that is not nullable.</summary>
    public static JsonNode? Zero(SchemaType type) => type.Kind switch
    {
        SchemaKind.Text => JsonValue.Create(""),
        SchemaKind.Flag => JsonValue.Create(false),
        SchemaKind.Number32 or SchemaKind.Number64 or SchemaKind.IntOrString => JsonValue.Create(0L),
        SchemaKind.Quantity => JsonValue.Create("0"),
        SchemaKind.Duration => JsonValue.Create("0s"),
        SchemaKind.Structure => Structure(type),
        _ => null,
    };

    private static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonArray array => array.Count == 0,
        JsonObject map => map.Count == 0,
        JsonValue text => text.GetValue<string>().Length == 0,
        _ => false,
    };

    private static bool IsZeroScalar(SchemaType type, JsonNode? value) => type.Kind switch
    {
        SchemaKind.Text => value!.GetValue<string>().Length == 0,
        SchemaKind.Flag => !value!.GetValue<bool>(),
        SchemaKind.Number32 or SchemaKind.Number64 => value!.GetValue<long>() == 0,
        _ => false,
    };
}
