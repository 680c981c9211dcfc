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
        string? reason = null;
        foreach (Uri kubelet in Kubelets())
        {
            try
            {
                using HttpRequestMessage message = Message(request, kubelet);
                using HttpResponseMessage answer = await client.SendAsync(message, ends.Token).ConfigureAwait(false);
                await PassOnAsync(request.Http, answer, ends.Token).ConfigureAwait(false);
                return;
            }
            catch (HttpRequestException e) when (!request.Http.Response.HasStarted)
            {
                reason ??= e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;
            }
        }

        throw ApiStatusException.ServiceUnavailable($"{InspectGroup.ApiVersion}: {reason ?? "no node serves it"}");
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

    private static HttpRequestMessage Message(ApiRequest request, Uri kubelet)
    {
        HttpRequest source = request.Http.Request;
        string target = request.Http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? source.Path + source.QueryString;
        var message = new HttpRequestMessage(new HttpMethod(source.Method), new Uri(kubelet, target));
        if (source.ContentLength > 0 || source.Headers.TransferEncoding.Count > 0)
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

    private static async Task PassOnAsync(HttpContext http, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        HttpResponse response = http.Response;
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

        try
        {
            Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            byte[] buffer = new byte[BufferSize];
            await response.StartAsync(cancellationToken).ConfigureAwait(false);
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await response.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or HttpRequestException)
        {
            // Either side went away in the middle: a cut answer must not look like a whole one.
            http.Abort();
        }
    }
}
