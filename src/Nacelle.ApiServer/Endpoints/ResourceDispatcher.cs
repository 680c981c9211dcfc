using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Security;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>From method and path to the endpoint; a verb that the path does not take is 405.</summary>
internal sealed class ResourceDispatcher(ApiServices services) : IDisposable
{
    private readonly PodStreams streams = new(services);
    private readonly AggregatedApi aggregated = new(services);

    public Task DispatchAsync(HttpContext http, UserInfo user, RequestPath path)
    {
        var request = new ApiRequest(services, http, path, user);
        string method = http.Request.Method;
        RequestTimeout.Check(http.Request.Query);
        if (path.Type.Aggregated)
        {
            return aggregated.ForwardAsync(request);
        }

        if (path.Watch)
        {
            return method == "GET" && path.Type.Verbs.Contains("watch") ? ListEndpoint.HandleAsync(request) : throw ApiStatusException.MethodNotAllowed();
        }

        return path switch
        {
            { Subresource: not null } => SubresourceAsync(request, method, path.Subresource),
            { Name: null } => CollectionAsync(request, method),
            _ => ObjectAsync(request, method),
        };
    }

    public void Dispose()
    {
        streams.Dispose();
        aggregated.Dispose();
    }

    private static Task CollectionAsync(ApiRequest request, string method)
    {
        bool allNamespaces = request.Type.Namespaced && request.Path.Namespace.Length == 0;
        return method switch
        {
            "GET" when Allows(request, "list") => ListEndpoint.HandleAsync(request),
            "POST" when Allows(request, "create") && !allNamespaces =>
                request.Type.Kind == "Binding" ? ActionEndpoints.BindAsync(request) : CreateEndpoint.HandleAsync(request),
            "DELETE" when Allows(request, "deletecollection") && !allNamespaces => DeleteEndpoint.HandleCollectionAsync(request),
            _ => throw ApiStatusException.MethodNotAllowed(),
        };
    }

    private static Task ObjectAsync(ApiRequest request, string method) => method switch
    {
        "GET" when Allows(request, "get") => GetEndpoint.HandleAsync(request),
        "PUT" when Allows(request, "update") => ReplaceEndpoint.HandleAsync(request),
        "PATCH" when Allows(request, "patch") => PatchEndpoint.HandleAsync(request),
        "DELETE" when Allows(request, "delete") => DeleteEndpoint.HandleAsync(request),
        _ => throw ApiStatusException.MethodNotAllowed(),
    };

    private Task SubresourceAsync(ApiRequest request, string method, Resources.Subresource subresource)
    {
        string verb = method switch { "GET" => "get", "POST" => "create", "PUT" => "update", "PATCH" => "patch", "DELETE" => "delete", _ => "" };
        if (!subresource.Verbs.Contains(verb))
        {
            throw ApiStatusException.MethodNotAllowed();
        }

        if (subresource.IsView)
        {
            return ObjectAsync(request, method);
        }

        return subresource.Name switch
        {
            "binding" => ActionEndpoints.BindAsync(request),
            "eviction" => ActionEndpoints.EvictAsync(request),
            "log" => streams.LogAsync(request),
            "exec" or "attach" or "portforward" => streams.ConnectAsync(request, subresource.Name),
            "token" => throw NoTokens(),
            _ => throw ApiStatusException.MethodNotAllowed(),
        };
    }

    // A token would be worth as much as the administrator's, as nobody is asked yet what its bearer may do.
    private static ApiStatusException NoTokens() => new(new ApiStatus
    {
        Code = 501,
        Message = "service account tokens are not issued before access control (RBAC) is enforced",
    });

    private static bool Allows(ApiRequest request, string verb) =>
        request.Path.Subresource is null ? request.Type.Verbs.Contains(verb) : request.Path.Subresource.Verbs.Contains(verb);
}
