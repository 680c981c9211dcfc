using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Writes JSON documents as YAML: block style, keys sorted, strings quoted wherever YAML could read something else.</summary>
internal static class YamlWriter
{
    public static byte[] Write(JsonNode document)
    {
        var text = new StringBuilder();
        WriteNode(text, document, 0, inList: false);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteNode(StringBuilder text, JsonNode? node, int indent, bool inList)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                WriteMap(text, map, indent, inList);
                break;
            case JsonArray { Count: > 0 } list:
                WriteList(text, list, indent);
                break;
            default:
                text.Append(Scalar(node)).Append('\n');
                break;
        }
    }

    private static void WriteMap(StringBuilder text, JsonObject map, int indent, bool continued)
    {
        foreach ((string key, JsonNode? value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (!continued)
            {
                text.Append(' ', indent);
            }

            continued = false;
            text.Append(Text(key)).Append(':');
            switch (value)
            {
                case JsonObject { Count: > 0 }:
                    text.Append('\n');
                    WriteNode(text, value, indent + 2, inList: false);
                    break;
                case JsonArray { Count: > 0 }:
                    text.Append('\n');
                    WriteNode(text, value, indent, inList: false);
                    break;
                default:
                    text.Append(' ').Append(Scalar(value)).Append('\n');
                    break;
            }
        }
    }

    private static void WriteList(StringBuilder text, JsonArray list, int indent)
    {
        foreach (JsonNode? value in list)
        {
            text.Append(' ', indent).Append("- ");
            if (value is JsonArray { Count: > 0 })
            {
                text.Append(ResponseWriterText(value)).Append('\n');
            }
            else
            {
                WriteNode(text, value, indent + 2, inList: true);
            }
        }
    }

    // A list directly within a list is rare: JSON is YAML, too.
    private static string ResponseWriterText(JsonNode value) => value.ToJsonString(JsonText.Compact);

    private static string Scalar(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject => "{}",
        JsonArray => "[]",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>()),
        _ => node.ToJsonString(JsonText.Compact),
    };

    private static string Text(string value) => IsPlain(value) ? value : JsonValue.Create(value).ToJsonString(JsonText.Compact);

    private static bool IsPlain(string value)
    {
        if (value.Length == 0 || !(char.IsAsciiLetter(value[0]) || value[0] is '/' or '_') || value[^1] is ' ' or ':')
        {
            return false;
        }

        foreach (char c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"-_./ :()+=<>;@$^~".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return !value.Contains(": ", StringComparison.Ordinal) && !Ambiguous(value);
    }

    private static bool Ambiguous(string value) => value.ToLower(CultureInfo.InvariantCulture)
        is "y" or "n" or "yes" or "no" or "on" or "off" or "true" or "false" or "null" or "nan" or "inf";
}
