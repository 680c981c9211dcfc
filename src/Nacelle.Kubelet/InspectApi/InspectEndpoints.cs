using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;
using Nacelle.Kubernetes.OpenApi;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>The group <c>inspect.nacelle.dev</c> on the kubelet's port: from the path to the endpoint, and from an exception to a <c>Status</c>.</summary>
internal sealed partial class InspectEndpoints(InspectServices services)
{
    public async Task HandleAsync(HttpContext http, CancellationToken stopping)
    {
        try
        {
            await RouteAsync(http, Segments(http), stopping).ConfigureAwait(false);
        }
        catch (ApiStatusException e)
        {
            await WriteStatusAsync(http, e.Status).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            // The client left, or the kubelet stops: nobody reads an answer.
        }
        catch (RpcException e)
        {
            await WriteStatusAsync(http, ApiStatusException.ServiceUnavailable($"the container runtime does not answer: {e.Status.Detail}").Status).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogFailed(services.Logger, e, http.Request.Method, http.Request.Path);
            await WriteStatusAsync(http, ApiStatusException.InternalError(e.Message).Status).ConfigureAwait(false);
        }
    }

    /// <summary>Answers with the JSON document that the caller writes.</summary>
    internal static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        await using (var writer = new Utf8JsonWriter(buffer, ProcessJson.Options))
        {
            write(writer);
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Answers with a JSON document.</summary>
    internal static Task WriteAsync(HttpContext http, int code, JsonNode document)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(document.ToJsonString(), http.RequestAborted);
    }

    private Task RouteAsync(HttpContext http, string[] path, CancellationToken stopping) => path switch
    {
        ["openapi", .. var document] => OpenApiEndpoint.HandleAsync(http, services.OpenApi, document),
        ["apis"] => InspectDiscovery.GroupsAsync(http),
        ["apis", InspectGroup.Name] => InspectDiscovery.GroupAsync(http),
        ["apis", InspectGroup.Name, InspectGroup.Version] => InspectDiscovery.ResourcesAsync(http),
        ["apis", InspectGroup.Name, InspectGroup.Version, "namespaces", var ns, "pods", var name, "files"] => FilesAsync(Request(http, ns, name, stopping)),
        ["apis", InspectGroup.Name, InspectGroup.Version, "processes"] => CollectionAsync(Request(http, "", "", stopping)),
        ["apis", InspectGroup.Name, InspectGroup.Version, "namespaces", var ns, "processes"] => CollectionAsync(Request(http, ns, "", stopping)),
        ["apis", InspectGroup.Name, InspectGroup.Version, "namespaces", var ns, "processes", var name] => ObjectAsync(Request(http, ns, name, stopping)),
        ["apis", InspectGroup.Name, InspectGroup.Version, "namespaces", var ns, "processes", var name, "signal"] => SignalAsync(Request(http, ns, name, stopping)),
        ["apis", InspectGroup.Name, InspectGroup.Version, "namespaces", var ns, "pods", var name, "exposure"] => ExposureEndpoint.HandleAsync(Request(http, ns, name, stopping)),
        _ => throw ApiStatusException.UnknownPath(),
    };

    private InspectRequest Request(HttpContext http, string ns, string name, CancellationToken stopping) => new(services, http, ns, name, stopping);

    private static Task CollectionAsync(InspectRequest request) =>
        HttpMethods.IsGet(request.Http.Request.Method) ? ProcessListEndpoint.HandleAsync(request) : throw ApiStatusException.MethodNotAllowed();

    private static Task ObjectAsync(InspectRequest request) => request.Http.Request.Method switch
    {
        "GET" => ProcessListEndpoint.GetAsync(request),
        "DELETE" => ProcessDeleteEndpoint.HandleAsync(request),
        _ => throw ApiStatusException.MethodNotAllowed(),
    };

    private static Task FilesAsync(InspectRequest request) =>
        HttpMethods.IsGet(request.Http.Request.Method) ? FilesEndpoint.HandleAsync(request) : throw ApiStatusException.MethodNotAllowed();

    private static Task SignalAsync(InspectRequest request) =>
        HttpMethods.IsPost(request.Http.Request.Method) ? ProcessSignalEndpoint.HandleAsync(request) : throw ApiStatusException.MethodNotAllowed();

    /// <summary>The decoded path as the client sent it: Kestrel's own takes dot segments out, which are names here.</summary>
    private static string[] Segments(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? http.Request.Path;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return [.. (query < 0 ? target : target[..query]).Trim('/').Split('/').Select(Uri.UnescapeDataString)];
    }

    private static Task WriteStatusAsync(HttpContext http, ApiStatus status)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        return WriteAsync(http, status.Code, status.ToJson());
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger logger, Exception error, string method, string path);
}
