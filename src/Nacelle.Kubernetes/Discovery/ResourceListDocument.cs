using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Discovery;

/// <summary><c>APIResourceList</c>: the kinds of one version and their subresources.</summary>
public static class ResourceListDocument
{
    public static JsonObject Of(string group, string version, IEnumerable<ApiResource> resources)
    {
        var entries = new List<JsonObject>();
        foreach (ApiResource resource in resources)
        {
            // One without a kind has subresources only.
            if (resource.Kind.Length > 0)
            {
                entries.Add(Resource(resource));
            }

            entries.AddRange(resource.Subresources.Select(s => Sub(resource, s)));
        }

        var listed = new JsonArray();
        foreach (JsonObject entry in entries.OrderBy(e => (string)e["name"]!, StringComparer.Ordinal))
        {
            listed.Add((JsonNode)entry);
        }

        var document = new JsonObject { ["kind"] = "APIResourceList" };
        if (group.Length > 0)
        {
            document["apiVersion"] = "v1";
        }

        document["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}";
        document["resources"] = listed;
        return document;
    }

    internal static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]);

    private static JsonObject Resource(ApiResource resource)
    {
        var entry = new JsonObject
        {
            ["name"] = resource.Plural,
            ["singularName"] = resource.Singular,
            ["namespaced"] = resource.Namespaced,
            ["kind"] = resource.Kind,
            ["verbs"] = Texts(resource.Verbs),
        };
        if (!resource.ShortNames.IsEmpty)
        {
            entry["shortNames"] = Texts(resource.ShortNames);
        }

        if (!resource.Categories.IsEmpty)
        {
            entry["categories"] = Texts(resource.Categories);
        }

        if (resource.StorageVersionHash is { } hash)
        {
            entry["storageVersionHash"] = hash;
        }

        return entry;
    }

    private static JsonObject Sub(ApiResource resource, ApiSubresource subresource)
    {
        var entry = new JsonObject
        {
            ["name"] = $"{resource.Plural}/{subresource.Name}",
            ["singularName"] = "",
            ["namespaced"] = resource.Namespaced,
        };
        if (subresource.Group is not null)
        {
            entry["group"] = subresource.Group;
            entry["version"] = subresource.Version;
        }

        entry["kind"] = subresource.Kind;
        entry["verbs"] = Texts(subresource.Verbs);
        return entry;
    }
}
