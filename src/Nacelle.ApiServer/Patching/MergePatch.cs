using System.Text.Json.Nodes;

namespace Nacelle.ApiServer.Patching;

/// <summary>JSON merge patch (RFC 7386): members replace, null removes, lists are values.</summary>
internal static class MergePatch
{
    /// <summary>Changes the document; what a new member brings is cleared of nulls.</summary>
    public static void Apply(JsonObject document, JsonObject patch)
    {
        foreach ((string name, JsonNode? value) in patch)
        {
            switch (value)
            {
                case null:
                    document.Remove(name);
                    break;
                case JsonObject members:
                    if (document.TryGetPropertyValue(name, out JsonNode? present) && present is JsonObject target)
                    {
                        Apply(target, members);
                    }
                    else
                    {
                        var made = new JsonObject();
                        Apply(made, members);
                        document[name] = made;
                    }

                    break;
                default:
                    document[name] = value.DeepClone();
                    break;
            }
        }
    }
}
