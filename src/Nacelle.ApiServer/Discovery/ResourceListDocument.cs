using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources;

namespace Nacelle.ApiServer.Discovery;

/// <summary><c>APIResourceList</c>: the kinds of one version and their subresources.</summary>
internal static class ResourceListDocument
{
    public static JsonObject Of(string group, string version, IEnumerable<ResourceType> types)
    {
        var entries = new List<JsonObject>();
        foreach (ResourceType type in types)
        {
            // One without a kind has subresources only.
            if (type.Kind.Length > 0)
            {
                entries.Add(Resource(type));
            }

            entries.AddRange(type.Subresources.Select(s => Sub(type, s)));
        }

        var resources = new JsonArray();
        foreach (JsonObject entry in entries.OrderBy(e => (string)e["name"]!, StringComparer.Ordinal))
        {
            resources.Add((JsonNode)entry);
        }

        var document = new JsonObject { ["kind"] = "APIResourceList" };
        if (group.Length > 0)
        {
            document["apiVersion"] = "v1";
        }

        document["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}";
        document["resources"] = resources;
        return document;
    }

    public static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]);

    private static JsonObject Resource(ResourceType type)
    {
        var entry = new JsonObject
        {
            ["name"] = type.Plural,
            ["singularName"] = type.Singular,
            ["namespaced"] = type.Namespaced,
            ["kind"] = type.Kind,
            ["verbs"] = Texts(type.Verbs),
        };
        if (!type.ShortNames.IsEmpty)
        {
            entry["shortNames"] = Texts(type.ShortNames);
        }

        if (!type.Categories.IsEmpty)
        {
            entry["categories"] = Texts(type.Categories);
        }

        if (type.Verbs.Contains("get") && !type.Aggregated)
        {
            entry["storageVersionHash"] = StorageVersionHash(type);
        }

        return entry;
    }

    private static JsonObject Sub(ResourceType type, Subresource subresource)
    {
        var entry = new JsonObject
        {
            ["name"] = $"{type.Plural}/{subresource.Name}",
            ["singularName"] = "",
            ["namespaced"] = type.Namespaced,
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

    /// <summary>Changes when objects would be stored in another version: the start of a hash of group, version and kind.</summary>
    private static string StorageVersionHash(ResourceType type) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{type.StorageGroup}/{type.Version}/{type.Kind}")).AsSpan(0, 8));
}
