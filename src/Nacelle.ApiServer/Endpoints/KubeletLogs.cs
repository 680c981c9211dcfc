using System.Net;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Copies a log from a kubelet to the client, as it grows.</summary>
internal sealed class KubeletLogs(ApiServerOptions options) : IDisposable
{
    private const int MaxErrorLength = 2048;

    private readonly HttpMessageInvoker client = KubeletClient.Create(options.KubeletClientCertificate, options.KubeletAuthority);

    /// <exception cref="ApiStatusException">The kubelet cannot be reached, or refused.</exception>
    public async Task CopyAsync(
        ApiRequest request, IReadOnlyList<Uri> kubelets, string pathAndQuery, string nodeName, CancellationToken cancellationToken)
    {
        string none = $"node {nodeName} gives no address of its kubelet";
        string? reason = await KubeletClient.TryEachAsync(request.Http.Response, kubelets, none, async kubelet =>
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(kubelet, pathAndQuery));
            using HttpResponseMessage answer = await client.SendAsync(message, cancellationToken).ConfigureAwait(false);
            await PassOnAsync(request, answer, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        if (reason is not null)
        {
            throw new ApiStatusException(new ApiStatus { Code = 500, Message = $"error dialing backend: {reason}" });
        }
    }

    public void Dispose() => client.Dispose();

    private static async Task PassOnAsync(ApiRequest request, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw Refused(answer.StatusCode, await ErrorTextAsync(answer, cancellationToken).ConfigureAwait(false));
        }

        HttpResponse response = request.Http.Response;
        response.ContentType = "text/plain";
        Stream log = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[32 * 1024];
        try
        {
            // The headers go at once: a silent container may be followed for long.
            await response.StartAsync(cancellationToken).ConfigureAwait(false);
            await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            int read;
            while ((read = await log.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await response.Body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                await response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Either side went away in the middle: a cut answer says so.
            request.Http.Abort();
        }
    }

    private static async Task<string> ErrorTextAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        string text = await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        return (text.Length > MaxErrorLength ? text[..MaxErrorLength] : text).TrimEnd('\n');
    }

    private static ApiStatusException Refused(HttpStatusCode code, string text) => code switch
    {
        HttpStatusCode.BadRequest => ApiStatusException.BadRequest(text),
        HttpStatusCode.InternalServerError => ApiStatusException.InternalError(text),
        _ => new ApiStatusException(new ApiStatus
        {
            Code = (int)code,
            Reason = code == HttpStatusCode.NotFound ? StatusReason.NotFound : StatusReason.Unknown,
            Message = text.Length > 0 ? text : $"the kubelet answered {(int)code}",
        }),
    };
}
