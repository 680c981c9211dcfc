using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>
/// The group that the kubelet's port serves: a request that is authenticated, and whose verb the resource takes, goes on to there with the name of who
/// asks, and the answer comes back as it is written, a watch too (Kubernetes documentation, "API aggregation layer").
/// </summary>
internal sealed class AggregatedApi(ApiServices services) : IDisposable
{
    private const string GroupHeader = "X-Remote-Group";
    private const int BufferSize = 64 * 1024;

    private static readonly string[] RequestHeaders = ["Accept", "Content-Type", "User-Agent"];
    private static readonly string[] AnswerHeaders = ["Warning", "Retry-After", "Cache-Control"];

    private readonly HttpMessageInvoker client = KubeletClient.Create(services.Options.KubeletClientCertificate, services.Options.KubeletAuthority);

    /// <exception cref="ApiStatusException">405, or 503 where no kubelet answers. Nothing has been answered yet.</exception>
    public async Task ForwardAsync(ApiRequest request)
    {
        CheckVerb(request);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, services.Stopping);
        string? reason = await KubeletClient.TryEachAsync(request.Http.Response, Kubelets(), "no node serves it", async kubelet =>
        {
            using HttpRequestMessage message = Message(request, kubelet);
            using HttpResponseMessage answer = await client.SendAsync(message, ends.Token).ConfigureAwait(false);
            await PassOnAsync(request, answer, ends.Token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        if (reason is not null)
        {
            throw ApiStatusException.ServiceUnavailable($"{InspectGroup.ApiVersion}: {reason}");
        }
    }

    public void Dispose() => client.Dispose();

    private static void CheckVerb(ApiRequest request)
    {
        string method = request.Http.Request.Method;
        string verb = (method, request.Path) switch
        {
            ("GET", { Subresource: null, Name: null }) => request.Path.Watch || request.Http.Request.Query.Flag("watch") == true ? "watch" : "list",
            ("GET", _) => "get",
            ("DELETE", { Name: not null }) => "delete",
            ("POST", _) => "create",
            _ => "",
        };
        if (!(request.Path.Subresource?.Verbs ?? request.Type.Verbs).Contains(verb))
        {
            throw ApiStatusException.MethodNotAllowed();
        }
    }

    /// <summary>One address of each node's kubelet, the one that the node names first.</summary>
    private IEnumerable<Uri> Kubelets() => services.Store.List("nodes", KeyRange.All).Items
        .SelectMany(node => StreamingLocation.Kubelets(StoredJson.Decode(node.Json, "Node", "v1")).Take(1));

    /// <summary>
    /// Made from the parts that were looked at, not from what the client wrote: that could lead to another host (<c>//host/…</c>) or another path
    /// (<c>..</c>, which is left alone here).
    /// </summary>
    internal static Uri Target(ApiRequest request, Uri kubelet)
    {
        RequestPath path = request.Path;
        string?[] parts =
        [
            "apis", path.Type.Group, path.Type.Version, .. path.Namespace.Length > 0 ? ["namespaces", path.Namespace] : Array.Empty<string>(),
            path.Type.Plural, path.Name, path.Subresource?.Name,
        ];
        string query = request.Http.Request.QueryString.Value ?? "";
        if (path.Watch)
        {
            query = (query.Length == 0 ? "?" : query + "&") + "watch=true";
        }

        return new Uri(
            kubelet.GetLeftPart(UriPartial.Authority) + "/" + string.Join('/', parts.OfType<string>().Select(Uri.EscapeDataString)) + query,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    private static HttpRequestMessage Message(ApiRequest request, Uri kubelet)
    {
        HttpRequest source = request.Http.Request;
        var message = new HttpRequestMessage(new HttpMethod(source.Method), Target(request, kubelet));
        if (request.Http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? source.ContentLength > 0)
        {
            message.Content = new StreamContent(source.Body);
        }

        foreach (string name in RequestHeaders)
        {
            if (source.Headers[name] is { Count: > 0 } values && !message.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        message.Headers.TryAddWithoutValidation(InspectGroup.UserHeader, request.User.Name);
        message.Headers.TryAddWithoutValidation(GroupHeader, request.User.Groups);
        return message;
    }

    private async Task PassOnAsync(ApiRequest request, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        HttpResponse response = request.Http.Response;
        response.StatusCode = (int)answer.StatusCode;
        response.ContentType = answer.Content.Headers.ContentType?.ToString();
        response.ContentLength = answer.Content.Headers.ContentLength;
        foreach (string name in AnswerHeaders)
        {
            if (answer.Headers.TryGetValues(name, out IEnumerable<string>? values))
            {
                response.Headers[name] = values.ToArray();
            }
        }

        using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            byte[] buffer = new byte[BufferSize];

            // The headers go at once: of a watch nothing else may come for long, and a kubectl before 1.34 can't give up one that has not begun.
            await response.StartAsync(cancellationToken).ConfigureAwait(false);
            await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await response.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (answer.Content.Headers.ContentLength is null && services.Stopping.IsCancellationRequested)
        {
            // The server stops: a watch ends in order.
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or HttpRequestException)
        {
            // Either side went away in the middle: a cut answer must not look like a whole one.
            request.Http.Abort();
        }
    }
}
