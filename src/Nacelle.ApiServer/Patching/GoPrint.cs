using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nacelle.ApiServer.Patching;

/// <summary>JSON as the reference server's messages about patches show it: <c>map[spec:map[a:1] t:[x y]]</c>.</summary>
internal static class GoPrint
{
    public static string Show(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("<nil>");
                break;
            case JsonObject map:
                text.Append("map[");
                text.AppendJoin(' ', map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Key + ":" + Show(entry.Value)));
                text.Append(']');
                break;
            case JsonArray list:
                text.Append('[').AppendJoin(' ', list.Select(Show)).Append(']');
                break;
            default:
                text.Append(node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString());
                break;
        }
    }
}
