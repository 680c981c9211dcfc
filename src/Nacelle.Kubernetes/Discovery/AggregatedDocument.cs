using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Discovery;

/// <summary><c>APIGroupDiscoveryList</c>: everything in one document.</summary>
public static class AggregatedDocument
{
    public const string MediaType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <summary>Whether an <c>Accept</c> header prefers this document to the plain ones; null where it takes none of them.</summary>
    public static bool? IsPreferred(string accept)
    {
        foreach (MediaRange range in MediaRange.ParseAll(accept.Length == 0 ? "*/*" : accept))
        {
            if (range["as"] is not { } kind)
            {
                if (range.Type is "application/json" or "application/yaml" or "application/vnd.kubernetes.protobuf" or "*/*")
                {
                    return false;
                }
            }
            else if (range.Type is "application/json" or "*/*" && kind == "APIGroupDiscoveryList" && range["g"] == "apidiscovery.k8s.io" && range["v"] == "v2")
            {
                return true;
            }
        }

        return null;
    }

    public static JsonObject Of(IEnumerable<ApiResource> resources)
    {
        var items = new JsonArray();
        foreach (IGrouping<string, ApiResource> group in resources.GroupBy(r => r.Group))
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

    private static JsonObject Group(IGrouping<string, ApiResource> group)
    {
        var versions = new JsonArray();
        foreach (IGrouping<string, ApiResource> version in group.GroupBy(r => r.Version))
        {
            var resources = new JsonArray();
            foreach (ApiResource resource in version.OrderBy(r => r.Plural, StringComparer.Ordinal))
            {
                resources.Add((JsonNode)Resource(resource));
            }

            versions.Add((JsonNode)new JsonObject { ["version"] = version.Key, ["resources"] = resources, ["freshness"] = "Current" });
        }

        return new JsonObject
        {
            ["metadata"] = group.Key.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group.Key },
            ["versions"] = versions,
        };
    }

    private static JsonObject Resource(ApiResource resource)
    {
        var entry = new JsonObject
        {
            ["resource"] = resource.Plural,
            ["responseKind"] = Kind(null, null, resource.Kind),
            ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = resource.Singular,
            ["verbs"] = ResourceListDocument.Texts(resource.Verbs),
        };
        if (!resource.ShortNames.IsEmpty)
        {
            entry["shortNames"] = ResourceListDocument.Texts(resource.ShortNames);
        }

        if (!resource.Categories.IsEmpty)
        {
            entry["categories"] = ResourceListDocument.Texts(resource.Categories);
        }

        if (!resource.Subresources.IsEmpty)
        {
            var subresources = new JsonArray();
            foreach (ApiSubresource subresource in resource.Subresources)
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
