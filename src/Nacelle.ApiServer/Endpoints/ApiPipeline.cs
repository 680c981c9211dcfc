using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Nacelle.ApiServer.Discovery;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Security;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.OpenApi;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Every request's way: its path, who asks, which endpoint, and the error that it ends in.</summary>
internal sealed partial class ApiPipeline(ApiServices services, Authenticator authenticator) : IDisposable
{
    private readonly ResourceDispatcher resources = new(services);
    private readonly OpenApiDocuments openApi = new(VersionEndpoint.GitVersion(services.Options.Version), ResourceRegistry.Served);
    private readonly ILogger logger = services.LoggerFactory.CreateLogger<ApiPipeline>();

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await RouteAsync(http, Segments(http)).ConfigureAwait(false);
        }
        catch (ApiStatusException e)
        {
            await StatusWriter.WriteAsync(http, e.Status).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (e is ClientLeftException || http.RequestAborted.IsCancellationRequested)
        {
            // The client left; nobody reads an answer.
        }
        catch (Exception e)
        {
            RequestFailed(e, http.Request.Method, http.Request.Path);
            await StatusWriter.WriteAsync(http, ApiStatusException.InternalError(e.Message).Status).ConfigureAwait(false);
        }
    }

    public void Dispose() => resources.Dispose();

    private Task RouteAsync(HttpContext http, string[] path)
    {
        if (path is ["livez" or "readyz" or "healthz", ..])
        {
            return TextAsync(http, 200, "ok");
        }

        UserInfo user = authenticator.Authenticate(http) ?? throw ApiStatusException.Unauthorized();
        switch (path)
        {
            case ["api"]:
                return DiscoveryEndpoint.RootAsync(http, core: true, ServerAddress(http));
            case ["apis"]:
                return DiscoveryEndpoint.RootAsync(http, core: false, ServerAddress(http));
            case ["api", var version]:
                return DiscoveryEndpoint.ResourcesAsync(http, "", version);
            case ["apis", var group] when DiscoveryEndpoint.HasGroup(group):
                return DiscoveryEndpoint.GroupAsync(http, group);
            case ["apis", var group, var version] when DiscoveryEndpoint.HasGroup(group):
                return DiscoveryEndpoint.ResourcesAsync(http, group, version);
            case ["api", var version, ..]:
                return resources.DispatchAsync(http, user, RequestPath.Parse("", version, path.AsSpan(2)));
            case ["apis", var group, var version, ..] when DiscoveryEndpoint.HasGroup(group):
                return resources.DispatchAsync(http, user, RequestPath.Parse(group, version, path.AsSpan(3)));
            case ["openapi", .. var document]:
                return OpenApiEndpoint.HandleAsync(http, openApi, document);
            case ["version"]:
                return VersionEndpoint.HandleAsync(http, services.Options.Version);
            default:
                return TextAsync(http, 404, "404 page not found\n");
        }
    }

    /// <summary>The decoded path as the client sent it: Kestrel's own takes dot segments out, which are names here.</summary>
    private static string[] Segments(HttpContext http)
    {
        string target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? http.Request.Path;
        int query = target.IndexOf('?', StringComparison.Ordinal);
        string path = Uri.UnescapeDataString(query < 0 ? target : target[..query]);
        return path.Trim('/').Split('/');
    }

    private static string ServerAddress(HttpContext http) => http.Request.Host.Value ?? "";

    private static Task TextAsync(HttpContext http, int code, string text)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        http.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void RequestFailed(Exception error, string method, string path);
}
