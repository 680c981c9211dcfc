using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Endpoints;
using Nacelle.ApiServer.Resources;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Discovery;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Discovery;

/// <summary>Tells clients which groups, versions and kinds there are (API reference, "Discovery").</summary>
internal static class DiscoveryEndpoint
{
    private static readonly string[] Groups = [.. ResourceRegistry.All.Select(t => t.Group).Where(g => g.Length > 0).Distinct()];

    /// <summary><c>/api</c> and <c>/apis</c>.</summary>
    public static Task RootAsync(HttpContext http, bool core, string serverAddress)
    {
        RequireGet(http);
        if (ContentNegotiation.WantsAggregatedDiscovery(http.Request))
        {
            return AggregatedAsync(http, AggregatedDocument.Of(ResourceRegistry.Served.Where(resource => resource.Group.Length == 0 == core)));
        }

        Representation representation = ContentNegotiation.ForObject(http.Request, transformations: false);
        JsonObject document = core ? Versions(serverAddress) : GroupDocuments.List(ResourceRegistry.Served);
        return ResponseWriter.WriteDocumentAsync(http, representation, document);
    }

    /// <summary><c>/apis/GROUP</c>; false where there is no such group.</summary>
    public static bool HasGroup(string group) => group.Length == 0 || Groups.Contains(group);

    public static Task GroupAsync(HttpContext http, string group)
    {
        RequireGet(http);
        Representation representation = ContentNegotiation.ForObject(http.Request, transformations: false);
        return ResponseWriter.WriteDocumentAsync(http, representation, GroupDocuments.One(group, ResourceRegistry.Served));
    }

    /// <summary><c>/api/v1</c> and <c>/apis/GROUP/VERSION</c>.</summary>
    /// <exception cref="ApiStatusException">404: no such version.</exception>
    public static Task ResourcesAsync(HttpContext http, string group, string version)
    {
        ApiResource[] resources = [.. ResourceRegistry.Served.Where(resource => resource.Group == group && resource.Version == version)];
        if (resources.Length == 0)
        {
            throw ApiStatusException.UnknownPath();
        }

        RequireGet(http);
        Representation representation = ContentNegotiation.ForObject(http.Request, transformations: false);
        return ResponseWriter.WriteDocumentAsync(http, representation, ResourceListDocument.Of(group, version, resources));
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
        http.Response.Headers.CacheControl = "public";
        return TaggedDocument.WriteAsync(http, bytes, AggregatedDocument.MediaType);
    }

    private static JsonObject Versions(string serverAddress) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = serverAddress }),
    };
}
