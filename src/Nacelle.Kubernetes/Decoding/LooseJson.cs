using System.Text.Json;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>Reads JSON of no particular kind, such as a patch; the last of two equal keys wins, and both are noted.</summary>
public static class LooseJson
{
    private const int MaximumDepth = 1_000;

    /// <param name="duplicates">Receives <c>duplicate field "a.b"</c> for each key given twice.</param>
    /// <exception cref="DecodingException">Not JSON, or nested more than 1,000 levels deep.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> json, ICollection<string> duplicates)
    {
        if (JsonSyntax.Fault(json) is { } fault)
        {
            throw new DecodingException(fault);
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 10_002 });
        reader.Read();
        return Value(ref reader, "", duplicates, 0);
    }

    /// <summary>How error texts call the kind of a node.</summary>
    public static string KindOf(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "bool",
    };

    private static JsonNode? Value(ref Utf8JsonReader reader, string path, ICollection<string> duplicates, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new DecodingException("exceeded max depth");
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new JsonObject();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    string name = reader.GetString()!;
                    string child = path.Length == 0 ? name : path + "." + name;
                    if (map.ContainsKey(name))
                    {
                        duplicates.Add("duplicate field " + GoText.Quote(child));
                    }

                    reader.Read();
                    map[name] = Value(ref reader, child, duplicates, depth + 1);
                }

                return map;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Add(Value(ref reader, path + "[" + list.Count + "]", duplicates, depth + 1));
                }

                return list;
            case JsonTokenType.Null:
                return null;
            default:
                return JsonNode.Parse(ref reader);
        }
    }
}
