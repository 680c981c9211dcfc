using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Nacelle.Kubelet.NodeApi;

/// <summary>
/// Passes an upgrade (WebSocket or SPDY) on to the runtime's streaming server and then only copies bytes. An answer other
/// than 101 reaches the client as it is.
/// </summary>
internal static class StreamingForwarder
{
    private const int BufferSize = 64 * 1024;

    // What the handshakes of both protocols consist of; no credential of the client goes on to the runtime.
    private static readonly string[] RequestHeaders =
        ["Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "X-Stream-Protocol-Version", "User-Agent"];

    private static readonly string[] ResponseHeaders =
        ["Upgrade", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "X-Stream-Protocol-Version", "X-Accepted-Stream-Protocol-Versions"];

    private static readonly HttpMessageInvoker Backend = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
    });

    /// <summary>Returns when either side has ended. Throws HttpRequestException when the target does not answer.</summary>
    public static async Task ForwardAsync(HttpContext context, Uri target, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), target)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Connection.Add("Upgrade");
        foreach (var name in RequestHeaders)
        {
            request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name].AsEnumerable());
        }

        using var response = await Backend.SendAsync(request, cancellationToken).ConfigureAwait(false);
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

    private static Task<Stream> UpgradeAsync(HttpContext context)
    {
        // A client that pauses is no slow attacker: no minimum rate, in neither direction.
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
