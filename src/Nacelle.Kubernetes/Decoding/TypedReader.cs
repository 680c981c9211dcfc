using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Quantities;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>
/// Reads JSON against a schema into the form in which the reference server would write it again: known fields only, in the
/// schema's order, empty ones left out, quantities and times canonical. Unknown and duplicate fields are collected, the
/// first value of a wrong type is remembered; reading goes on after both.
/// </summary>
internal ref struct TypedReader
{
    private const int MaximumStrictErrors = 100;
    private const int MaximumRawDepth = 1_000;

    private readonly List<string> strictErrors = [];
    private readonly HashSet<string> seenStrictErrors = [];
    private readonly List<string> goPath = [];
    private Utf8JsonReader reader;
    private string? structure;

    private readonly bool converterWords;

    /// <param name="converterWords">Faults read as those of a conversion in memory, not of JSON.</param>
    public TypedReader(ReadOnlySpan<byte> json, bool converterWords = false)
    {
        this.converterWords = converterWords;
        reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 10_002 });
    }

    /// <summary>The first value of a wrong type, as the API words it; null for none.</summary>
    public string? TypeFault { get; private set; }

    public readonly IReadOnlyList<string> StrictErrors => strictErrors;

    public JsonObject Read(SchemaType type)
    {
        reader.Read();
        return Value(type, "") as JsonObject ?? ZeroValues.Structure(type);
    }

    /// <summary>The value at the reader; null for JSON null and for a value of a wrong type.</summary>
    private JsonNode? Value(SchemaType type, string path)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        switch (type.Kind)
        {
            case SchemaKind.Structure:
                return reader.TokenType == JsonTokenType.StartObject ? Structure(type, path) : WrongType(type.GoName);
            case SchemaKind.Map:
                return reader.TokenType == JsonTokenType.StartObject ? Map(type, path) : WrongType(type.GoName);
            case SchemaKind.List:
                return reader.TokenType == JsonTokenType.StartArray ? List(type, path) : WrongType(type.GoName);
            case SchemaKind.Text:
                return reader.TokenType == JsonTokenType.String ? JsonValue.Create(Text()) : WrongType(type.GoName);
            case SchemaKind.Flag:
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False
                    ? JsonValue.Create(reader.GetBoolean()) : WrongType(type.GoName);
            case SchemaKind.Number32:
            case SchemaKind.Number64:
                return Number(type.Kind == SchemaKind.Number32, type.GoName);
            case SchemaKind.IntOrString:
                return reader.TokenType == JsonTokenType.String ? JsonValue.Create(Text()) : Number(true, "int32");
            case SchemaKind.Bytes:
                return reader.TokenType == JsonTokenType.String ? Converted(GoBase64.Canonical) : WrongType(type.GoName);
            case SchemaKind.Time:
                return reader.TokenType == JsonTokenType.String ? Converted(GoTime.CanonicalSeconds) : WrongType("string");
            case SchemaKind.MicroTime:
                return reader.TokenType == JsonTokenType.String ? Converted(GoTime.CanonicalMicro) : WrongType("string");
            case SchemaKind.Duration:
                return reader.TokenType == JsonTokenType.String ? JsonValue.Create(Text()) : WrongType("string");
            case SchemaKind.Quantity:
                return Amount();
            default:
                return Raw();
        }
    }

    private JsonObject Structure(SchemaType type, string path)
    {
        var given = new Dictionary<string, JsonNode?>();
        string? outer = structure;
        structure = type.Name[(type.Name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        HashSet<string> names = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = Text();
            string childPath = path.Length == 0 ? name : path + "." + name;
            SchemaField? field = type.Field(name);
            reader.Read();
            if (field is null)
            {
                AddStrictError("unknown field " + Quoted(childPath));
                reader.Skip();
                continue;
            }

            if (!names.Add(name))
            {
                AddStrictError("duplicate field " + Quoted(childPath));
            }

            goPath.Add(field.InlinePath + name);
            JsonNode? value = Value(field.Type, childPath);
            goPath.RemoveAt(goPath.Count - 1);
            if (value is not null || field.Nullable || field.Type.Kind is SchemaKind.List or SchemaKind.Map)
            {
                given[name] = value;
            }
        }

        structure = outer;
        var document = new JsonObject();
        foreach (SchemaField field in type.Fields)
        {
            bool has = given.TryGetValue(field.Name, out JsonNode? value) && value is not null;
            ZeroValues.Append(document, field, has, value);
        }

        return document;
    }

    private JsonObject Map(SchemaType type, string path)
    {
        SchemaType element = type.Element!;
        var map = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string key = Text();
            string childPath = path + "." + key;
            reader.Read();
            if (map.ContainsKey(key))
            {
                AddStrictError("duplicate field " + Quoted(childPath));
            }

            map[key] = Value(element, childPath) ?? ZeroValues.Zero(element);
        }

        var document = new JsonObject();
        foreach ((string key, JsonNode? value) in map)
        {
            document[key] = value;
        }

        return document;
    }

    private JsonArray List(SchemaType type, string path)
    {
        SchemaType element = type.Element!;
        var list = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string childPath = string.Create(CultureInfo.InvariantCulture, $"{path}[{list.Count}]");
            list.Add(Value(element, childPath) ?? ZeroValues.Zero(element));
        }

        return list;
    }

    private JsonNode? Number(bool narrow, string goName)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            return WrongType(goName);
        }

        if (reader.TryGetInt64(out long number) && !IsFractional() && (!narrow || (number >= int.MinValue && number <= int.MaxValue)))
        {
            return JsonValue.Create(number);
        }

        Fault(Cannot("number " + Encoding.UTF8.GetString(reader.ValueSpan), goName));
        return null;
    }

    private readonly bool IsFractional() => reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0;

    private JsonValue? Amount()
    {
        string text = reader.TokenType switch
        {
            JsonTokenType.String => Text().Trim(),
            JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
            _ => "?",
        };
        if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
        {
            reader.Skip();
        }

        if (Quantity.TryParse(text, out Quantity? quantity, out string? fault))
        {
            return JsonValue.Create(quantity.ToString());
        }

        Fault(fault);
        return null;
    }

    private JsonValue? Converted(Func<string, string> convert)
    {
        try
        {
            return JsonValue.Create(convert(Text()));
        }
        catch (DecodingException fault)
        {
            Fault(fault.Message);
            return null;
        }
    }

    private JsonNode? Raw()
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            Utf8JsonReader ahead = reader;
            int depth = ahead.CurrentDepth;
            int deepest = depth;
            while (ahead.Read() && ahead.CurrentDepth > depth)
            {
                deepest = Math.Max(deepest, ahead.CurrentDepth);
            }

            if (deepest - depth > MaximumRawDepth)
            {
                Fault(string.Create(CultureInfo.InvariantCulture, $"nested more than {MaximumRawDepth} levels deep"));
                reader.Skip();
                return null;
            }
        }

        return JsonNode.Parse(ref reader);
    }

    /// <summary>The string at the reader; what is not valid Unicode becomes the replacement character.</summary>
    private readonly string Text()
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return LooseText.Unescape(reader.ValueSpan);
        }
    }

    private JsonNode? WrongType(string goName)
    {
        string found = reader.TokenType switch
        {
            JsonTokenType.String => "string",
            JsonTokenType.Number => "number",
            JsonTokenType.StartObject => "object",
            JsonTokenType.StartArray => "array",
            _ => "bool",
        };
        Fault(Cannot(found, goName));
        if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
        {
            reader.Skip();
        }

        return null;
    }

    private readonly string Cannot(string found, string goName) => converterWords ? CannotConvert(found, goName) : goPath.Count == 0
        ? $"json: cannot unmarshal {found} into Go value of type {goName}"
        : $"json: cannot unmarshal {found} into Go struct field {structure}.{string.Join('.', goPath)} of type {goName}";

    private static string CannotConvert(string found, string goName)
    {
        string from = found switch { "object" => "map", "array" => "slice", _ => found };
        return goName.StartsWith("map[", StringComparison.Ordinal) || goName == "v1.ResourceList" ? "cannot restore map from " + from
            : goName.StartsWith("[]", StringComparison.Ordinal) ? "cannot restore slice from " + from
            : goName is "int32" or "int64" or "bool" or "string" ? "unrecognized type: " + goName
            : "cannot restore struct from: " + from;
    }

    private void Fault(string message) => TypeFault ??= message;

    private readonly void AddStrictError(string message)
    {
        if (strictErrors.Count < MaximumStrictErrors && seenStrictErrors.Add(message))
        {
            strictErrors.Add(message);
        }
    }

    private static string Quoted(string path) => GoText.Quote(path);
}
