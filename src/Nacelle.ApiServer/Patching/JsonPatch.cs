using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Patching;

/// <summary>
/// JSON patch (RFC 6902) as the reference server applies it: <c>replace</c> of an absent member adds it, <c>test</c> against null passes
/// for an absent member, an absent value is null, negative indexes count from the end.
/// </summary>
internal static class JsonPatch
{
    /// <summary>The document after all operations; the given one is changed.</summary>
    /// <exception cref="PatchException">An operation does not apply.</exception>
    public static JsonNode? Apply(JsonNode? document, JsonArray operations)
    {
        foreach (JsonNode? operation in operations)
        {
            document = Apply(document, operation as JsonObject ?? throw new PatchException("an operation is not an object"));
        }

        return document;
    }

    private static JsonNode? Apply(JsonNode? document, JsonObject operation)
    {
        string[] path = Pointer(operation, "path");
        switch (operation.Text("op"))
        {
            case "add":
                return Set(document, path, operation["value"]?.DeepClone(), insert: true);
            case "replace":
                return Set(document, path, operation["value"]?.DeepClone(), insert: false);
            case "remove":
                Remove(document, path);
                return document;
            case "copy":
                return Set(document, path, Find(document, Pointer(operation, "from"))?.DeepClone(), insert: true);
            case "move":
                string[] from = Pointer(operation, "from");
                JsonNode? moved = Find(document, from)?.DeepClone();
                Remove(document, from);
                return Set(document, path, moved, insert: true);
            case "test":
                Test(document, path, operation["value"]);
                return document;
            default:
                throw new PatchException("Unexpected kind: " + operation.Text("op"));
        }
    }

    private static string[] Pointer(JsonObject operation, string name)
    {
        string pointer = operation.TextOrNull(name) ?? throw new PatchException($"the operation has no '{name}'");
        if (pointer.Length == 0)
        {
            return [];
        }

        return pointer[0] == '/'
            ? [.. pointer[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
            : throw new PatchException($"'{pointer}' is not a pointer");
    }

    private static JsonNode? Set(JsonNode? document, string[] path, JsonNode? value, bool insert)
    {
        if (path.Length == 0)
        {
            return value;
        }

        switch (Find(document, path[..^1]))
        {
            case JsonObject parent:
                parent[path[^1]] = value;
                break;
            case JsonArray parent when insert && path[^1] == "-":
                parent.Add(value);
                break;
            case JsonArray parent when insert:
                parent.Insert(Index(path[^1], parent.Count + 1), value);
                break;
            case JsonArray parent:
                parent[Index(path[^1], parent.Count)] = value;
                break;
            default:
                throw Missing(path);
        }

        return document;
    }

    private static void Remove(JsonNode? document, string[] path)
    {
        JsonNode? parent = path.Length == 0 ? null : Find(document, path[..^1]);
        switch (parent)
        {
            case JsonObject map when map.Remove(path[^1]):
                break;
            case JsonArray list:
                list.RemoveAt(Index(path[^1], list.Count));
                break;
            default:
                throw Missing(path);
        }
    }

    private static void Test(JsonNode? document, string[] path, JsonNode? expected)
    {
        JsonNode? actual = path.Length > 0 && Find(document, path[..^1]) is JsonObject map && !map.ContainsKey(path[^1])
            ? null
            : Find(document, path);
        if (!JsonNode.DeepEquals(actual, expected))
        {
            throw new PatchException($"testing path /{string.Join('/', path)} failed");
        }
    }

    /// <summary>The node at the path.</summary>
    /// <exception cref="PatchException">There is none.</exception>
    private static JsonNode? Find(JsonNode? node, string[] path)
    {
        foreach (string name in path)
        {
            node = node switch
            {
                JsonObject map when map.TryGetPropertyValue(name, out JsonNode? value) => value,
                JsonArray list => list[Index(name, list.Count)],
                _ => throw Missing(path),
            };
        }

        return node;
    }

    private static int Index(string text, int count)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index))
        {
            throw new PatchException($"'{text}' is not an index");
        }

        index = index < 0 ? index + count : index;
        return index >= 0 && index < count ? index : throw new PatchException($"Unable to access invalid index: {text}");
    }

    private static PatchException Missing(string[] path) => new($"missing value at /{string.Join('/', path)}");
}
