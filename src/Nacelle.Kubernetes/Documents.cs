using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes;

/// <summary>
/// Reads parts of a document that the decoder made, whether its values came from a parser or were set by code. Absent, null and
/// values of another type read as nothing.
/// </summary>
public static class Documents
{
    /// <summary>The structure or map under the name, or null.</summary>
    public static JsonObject? Child(this JsonObject? document, string name) =>
        document is not null && document.TryGetPropertyValue(name, out JsonNode? value) ? value as JsonObject : null;

    /// <summary>The structure at the end of the path, or null.</summary>
    public static JsonObject? Child(this JsonObject? document, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            document = document.Child(name);
        }

        return document;
    }

    /// <summary>The structure under the name, made and added when it is not there.</summary>
    public static JsonObject Ensure(this JsonObject document, string name)
    {
        if (document.Child(name) is { } child)
        {
            return child;
        }

        var made = new JsonObject();
        document[name] = made;
        return made;
    }

    /// <summary>The list under the name, or null.</summary>
    public static JsonArray? List(this JsonObject? document, string name) =>
        document is not null && document.TryGetPropertyValue(name, out JsonNode? value) ? value as JsonArray : null;

    /// <summary>The structures of the list under the name; empty when there is none.</summary>
    public static IEnumerable<JsonObject> Items(this JsonObject? document, string name) =>
        document.List(name)?.OfType<JsonObject>() ?? [];

    /// <summary>The strings of the list under the name; empty when there is none.</summary>
    public static IEnumerable<string> Texts(this JsonObject? document, string name) =>
        document.List(name)?.Select(AsText).OfType<string>() ?? [];

    /// <summary>The string under the name; empty when there is none.</summary>
    public static string Text(this JsonObject? document, string name) =>
        document is not null && document.TryGetPropertyValue(name, out JsonNode? value) ? AsText(value) ?? "" : "";

    /// <summary>The string under the name, or null when there is none (which can differ from an empty one).</summary>
    public static string? TextOrNull(this JsonObject? document, string name) =>
        document is not null && document.TryGetPropertyValue(name, out JsonNode? value) ? AsText(value) : null;

    /// <summary>The flag under the name; false when there is none.</summary>
    public static bool Flag(this JsonObject? document, string name) => document.FlagOrNull(name) ?? false;

    public static bool? FlagOrNull(this JsonObject? document, string name) =>
        document is not null && document.TryGetPropertyValue(name, out JsonNode? value) && value is JsonValue
            ? value.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }
            : null;

    /// <summary>The whole number under the name; 0 when there is none.</summary>
    public static long Number(this JsonObject? document, string name) => document.NumberOrNull(name) ?? 0;

    public static long? NumberOrNull(this JsonObject? document, string name) =>
        document is not null && document.TryGetPropertyValue(name, out JsonNode? value) ? AsNumber(value) : null;

    /// <summary>Whether the name is there with anything but null.</summary>
    public static bool Has(this JsonObject? document, string name) =>
        document is not null && document.TryGetPropertyValue(name, out JsonNode? value) && value is not null;

    public static string? AsText(this JsonNode? value) =>
        value is JsonValue && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static long? AsNumber(this JsonNode? value)
    {
        if (value is not JsonValue number || number.GetValueKind() != JsonValueKind.Number)
        {
            return null;
        }

        return number.TryGetValue(out long wide) ? wide : number.TryGetValue(out int narrow) ? narrow : null;
    }
}
