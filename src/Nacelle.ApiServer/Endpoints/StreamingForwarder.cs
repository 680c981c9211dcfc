using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>
/// Passes an upgrade (WebSocket or SPDY) on to a kubelet and then only copies bytes. An answer other than 101 reaches the client as it is.
/// </summary>
internal sealed class StreamingForwarder(X509Certificate2? clientCertificate, X509Certificate2? authority) : IDisposable
{
    private const int BufferSize = 64 * 1024;

    // Browsers, which can't set a header, send their token as a "subprotocol"; it is for this server only.
    private const string TokenProtocol = "base64url.bearer.authorization.k8s.io.";

    // What the handshakes of both protocols consist of; no credential of the client goes on to the kubelet.
    private static readonly string[] RequestHeaders =
        ["Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "X-Stream-Protocol-Version", "User-Agent"];

    private static readonly string[] ResponseHeaders =
        ["Upgrade", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "X-Stream-Protocol-Version", "X-Accepted-Stream-Protocol-Versions"];

    private readonly HttpMessageInvoker backend = KubeletClient.Create(clientCertificate, authority);

    /// <summary>Returns when either side has ended. Throws HttpRequestException when the target does not answer.</summary>
    public async Task ForwardAsync(HttpContext context, Uri target, CancellationToken cancellationToken)
    {
        using var request = RequestFor(context.Request, target);
        using var response = await backend.SendAsync(request, cancellationToken).ConfigureAwait(false);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var name in ResponseHeaders)
        {
            if (response.Headers.TryGetValues(name, out var values))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        var answer = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            await answer.CopyToAsync(context.Response.Body, cancellationToken).ConfigureAwait(false);
            return;
        }

        var client = await UpgradeAsync(context).ConfigureAwait(false);
        await CopyBothAsync(client, answer, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => backend.Dispose();

    private static HttpRequestMessage RequestFor(HttpRequest source, Uri target)
    {
        var request = new HttpRequestMessage(new HttpMethod(source.Method), target)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Connection.Add("Upgrade");
        foreach (var name in RequestHeaders)
        {
            request.Headers.TryAddWithoutValidation(name, source.Headers[name].AsEnumerable());
        }

        var protocols = source.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol")
            .Where(protocol => !protocol.StartsWith(TokenProtocol, StringComparison.Ordinal))
            .ToArray();
        if (protocols.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", string.Join(", ", protocols));
        }

        return request;
    }

    private static Task<Stream> UpgradeAsync(HttpContext context)
    {
        // A client that pauses (kubectl exec … | less) is no slow attacker: no minimum rate, in neither direction.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requests)
        {
            requests.MinDataRate = null;
        }

        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } responses)
        {
            responses.MinDataRate = null;
        }

        return context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    /// <summary>Both protocols say goodbye in frames of their own, so the first end of stream ends the whole.</summary>
    private static async Task CopyBothAsync(Stream client, Stream backend, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var forth = client.CopyToAsync(backend, BufferSize, ended.Token);
        var back = backend.CopyToAsync(client, BufferSize, ended.Token);
        await Task.WhenAny(forth, back).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await backend.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(forth, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
