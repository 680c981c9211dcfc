using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Discovery;

namespace Nacelle.Kubernetes.OpenApi;

/// <summary>
/// The OpenAPI documents of the resources that a server serves: version 3, one for each group and version, and version 2. Made from the
/// schema tables when first asked for.
/// </summary>
/// <param name="serverVersion">The version that the documents name, such as <c>v1.36.2</c>.</param>
/// <param name="resources">What it serves.</param>
public sealed class OpenApiDocuments(string serverVersion, IReadOnlyList<ApiResource> resources)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, byte[]> made = [];

    /// <summary>The group-versions as they stand in paths: <c>api/v1</c>, <c>apis/events.k8s.io/v1</c>.</summary>
    public IReadOnlyList<string> GroupVersions { get; } = [.. resources.Select(resource => resource.Root).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The list of version 3 documents with a hash of each (<c>/openapi/v3</c>).</summary>
    public byte[] Index() => Get("", () =>
    {
        var paths = new JsonObject();
        foreach (string path in GroupVersions)
        {
            string hash = Convert.ToHexString(SHA512.HashData(Version3(path)!));
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={hash}" };
        }

        return new JsonObject { ["paths"] = paths };
    });

    /// <summary>The version 3 document of a group-version (<c>/openapi/v3/{path}</c>), or null when none is served there.</summary>
    public byte[]? Version3(string path) => GroupVersions.Contains(path) ? Get(path, () => Make3(path)) : null;

    /// <summary>The version 2 document of everything (<c>/openapi/v2</c>), as JSON.</summary>
    public byte[] Version2() => Get("2", Make2);

    private byte[] Get(string name, Func<JsonObject> make)
    {
        lock (gate)
        {
            if (made.TryGetValue(name, out byte[]? known))
            {
                return known;
            }
        }

        byte[] document = ObjectDecoder.ToUtf8(make());
        lock (gate)
        {
            made[name] = document;
        }

        return document;
    }

    private JsonObject Make3(string path)
    {
        var schemas = new OpenApiSchemas("#/components/schemas/", 3);
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = Info(),
            ["paths"] = Paths(schemas, 3, resources.Where(resource => resource.Root == path)),
            ["components"] = new JsonObject { ["schemas"] = schemas.ToJson() },
        };
    }

    private JsonObject Make2()
    {
        var schemas = new OpenApiSchemas("#/definitions/", 2);
        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = Info(),
            ["paths"] = Paths(schemas, 2, resources),
            ["definitions"] = schemas.ToJson(),
        };
    }

    private JsonObject Info() => new() { ["title"] = "Kubernetes", ["version"] = serverVersion };

    private static JsonObject Paths(OpenApiSchemas schemas, int version, IEnumerable<ApiResource> some)
    {
        var paths = new JsonObject();
        var writer = new OpenApiPaths(schemas, version);
        foreach (ApiResource resource in some)
        {
            writer.Add(paths, resource);
        }

        return paths;
    }
}
