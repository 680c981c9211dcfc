using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Endpoints;
using Nacelle.ApiServer.Resources;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Discovery;

/// <summary>Tells clients which groups, versions and kinds there are (API reference, "Discovery").</summary>
internal static class DiscoveryEndpoint
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private static readonly string[] Groups = [.. ResourceRegistry.All.Select(t => t.Group).Where(g => g.Length > 0).Distinct()];

    /// <summary><c>/api</c> and <c>/apis</c>.</summary>
    public static Task RootAsync(HttpContext http, bool core, string serverAddress)
    {
        RequireGet(http);
        if (ContentNegotiation.WantsAggregatedDiscovery(http.Request))
        {
            return AggregatedAsync(http, AggregatedDocument.Of(core ? [""] : Groups));
        }

        Representation representation = ContentNegotiation.ForObject(http.Request, transformations: false);
        JsonObject document = core ? Versions(serverAddress) : GroupList();
        return ResponseWriter.WriteDocumentAsync(http, representation, document);
    }

    /// <summary><c>/apis/GROUP</c>; false where there is no such group.</summary>
    public static bool HasGroup(string group) => group.Length == 0 || Groups.Contains(group);

    public static Task GroupAsync(HttpContext http, string group)
    {
        RequireGet(http);
        Representation representation = ContentNegotiation.ForObject(http.Request, transformations: false);
        JsonObject document = Group(group);
        document.Insert(0, "kind", "APIGroup");
        document.Insert(1, "apiVersion", "v1");
        return ResponseWriter.WriteDocumentAsync(http, representation, document);
    }

    /// <summary><c>/api/v1</c> and <c>/apis/GROUP/VERSION</c>.</summary>
    /// <exception cref="ApiStatusException">404: no such version.</exception>
    public static Task ResourcesAsync(HttpContext http, string group, string version)
    {
        ResourceType[] types = [.. ResourceRegistry.All.Where(t => t.Group == group && t.Version == version)];
        if (types.Length == 0)
        {
            throw ApiStatusException.UnknownPath();
        }

        RequireGet(http);
        Representation representation = ContentNegotiation.ForObject(http.Request, transformations: false);
        return ResponseWriter.WriteDocumentAsync(http, representation, ResourceListDocument.Of(group, version, types));
    }

    private static void RequireGet(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            throw ApiStatusException.MethodNotAllowed();
        }
    }

    private static Task AggregatedAsync(HttpContext http, JsonObject document)
    {
        byte[] bytes = ResponseWriter.ToJson(document, ResponseWriter.WantsIndent(http.Request));
        string etag = $"\"{Convert.ToHexString(SHA512.HashData(bytes))}\"";
        http.Response.Headers.ETag = etag;
        http.Response.Headers.Vary = "Accept";
        http.Response.Headers.CacheControl = "public";
        if (http.Request.Headers.IfNoneMatch.ToString() == etag)
        {
            http.Response.StatusCode = 304;
            return Task.CompletedTask;
        }

        http.Response.ContentType = Aggregated;
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    private static JsonObject Versions(string serverAddress) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = serverAddress }),
    };

    private static JsonObject GroupList()
    {
        var groups = new JsonArray();
        foreach (string group in Groups)
        {
            groups.Add((JsonNode)Group(group));
        }

        return new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = groups };
    }

    private static JsonObject Group(string group)
    {
        var versions = new JsonArray();
        foreach (string version in ResourceRegistry.All.Where(t => t.Group == group).Select(t => t.Version).Distinct())
        {
            versions.Add((JsonNode)new JsonObject { ["groupVersion"] = $"{group}/{version}", ["version"] = version });
        }

        return new JsonObject { ["name"] = group, ["versions"] = versions, ["preferredVersion"] = versions[0]!.DeepClone() };
    }
}
