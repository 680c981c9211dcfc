using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Nacelle.Runtime.Streaming.WebSockets;

/// <summary>
/// RFC 6455's opening handshake. ASP.NET's own refuses a subprotocol with a slash, which kubectl's port-forward needs.
/// </summary>
internal static class WebSocketHandshake
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public static bool IsRequested(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>The first of the client's subprotocols that is supported; "" when the client names none and that is supported too.</summary>
    public static string? Choose(HttpContext context, ReadOnlySpan<string> supported)
    {
        var offered = context.Request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol");
        if (offered.Length == 0)
        {
            return supported.Contains("") ? "" : null;
        }

        foreach (var protocol in offered)
        {
            if (supported.Contains(protocol))
            {
                return protocol;
            }
        }

        return null;
    }

    /// <summary>Switches protocols. The keep-alive is an unsolicited pong: it refreshes the client's read deadline even while
    /// back-pressure keeps its pings unread. Throws <see cref="BadHttpRequestException"/> when the request is no such handshake.</summary>
    public static async Task<WebSocket> AcceptAsync(HttpContext context, string subprotocol, TimeSpan keepAliveInterval)
    {
        var request = context.Request;
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        var key = request.Headers.SecWebSocketKey.ToString();
        if (upgrade is not { IsUpgradableRequest: true } || key.Length != 24 || request.Headers.SecWebSocketVersion != "13")
        {
            throw new BadHttpRequestException("not a WebSocket handshake of version 13");
        }

        var headers = context.Response.Headers;
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = Answer(key);
        if (subprotocol.Length > 0)
        {
            headers.SecWebSocketProtocol = subprotocol;
        }

        var stream = await UpgradedStream.TakeAsync(context, upgrade).ConfigureAwait(false);
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = keepAliveInterval });
    }

#pragma warning disable CA5350 // RFC 6455 names SHA-1; nothing secret depends on it.
    private static string Answer(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));
#pragma warning restore CA5350
}
