using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources;

namespace Nacelle.ApiServer.Discovery;

/// <summary><c>APIGroupDiscoveryList</c>: everything in one document.</summary>
internal static class AggregatedDocument
{
    public static JsonObject Of(IEnumerable<string> groups)
    {
        var items = new JsonArray();
        foreach (string group in groups)
        {
            items.Add((JsonNode)Group(group));
        }

        return new JsonObject
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/v2",
            ["metadata"] = new JsonObject(),
            ["items"] = items,
        };
    }

    private static JsonObject Group(string group)
    {
        var versions = new JsonArray();
        foreach (IGrouping<string, ResourceType> version in ResourceRegistry.All.Where(t => t.Group == group).GroupBy(t => t.Version))
        {
            var resources = new JsonArray();
            foreach (ResourceType type in version.OrderBy(t => t.Plural, StringComparer.Ordinal))
            {
                resources.Add((JsonNode)Resource(type));
            }

            versions.Add((JsonNode)new JsonObject { ["version"] = version.Key, ["resources"] = resources, ["freshness"] = "Current" });
        }

        return new JsonObject
        {
            ["metadata"] = group.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group },
            ["versions"] = versions,
        };
    }

    private static JsonObject Resource(ResourceType type)
    {
        var entry = new JsonObject
        {
            ["resource"] = type.Plural,
            ["responseKind"] = Kind(null, null, type.Kind),
            ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = type.Singular,
            ["verbs"] = ResourceListDocument.Texts(type.Verbs),
        };
        if (!type.ShortNames.IsEmpty)
        {
            entry["shortNames"] = ResourceListDocument.Texts(type.ShortNames);
        }

        if (!type.Categories.IsEmpty)
        {
            entry["categories"] = ResourceListDocument.Texts(type.Categories);
        }

        if (!type.Subresources.IsEmpty)
        {
            var subresources = new JsonArray();
            foreach (Subresource subresource in type.Subresources)
            {
                subresources.Add((JsonNode)new JsonObject
                {
                    ["subresource"] = subresource.Name,
                    ["responseKind"] = Kind(subresource.Group, subresource.Version, subresource.Kind),
                    ["verbs"] = ResourceListDocument.Texts(subresource.Verbs),
                });
            }

            entry["subresources"] = subresources;
        }

        return entry;
    }

    // Empty group and version mean those of the document around.
    private static JsonObject Kind(string? group, string? version, string kind) =>
        new() { ["group"] = group ?? "", ["version"] = version ?? "", ["kind"] = kind };
}
