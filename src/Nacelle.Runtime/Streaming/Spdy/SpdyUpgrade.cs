using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>The switch from HTTP to SPDY/3.1, with the stream protocol agreed in headers of Kubernetes' own.</summary>
internal static class SpdyUpgrade
{
    private const string ProtocolHeader = "X-Stream-Protocol-Version";
    private const string AcceptedHeader = "X-Accepted-Stream-Protocol-Versions";

    public static bool IsRequested(HttpContext context) =>
        context.Request.Headers.Upgrade.ToString().Contains("SPDY/3.1", StringComparison.OrdinalIgnoreCase)
        && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>The first of the client's protocols that is supported; the last supported one when it names none. Else null, and answered 403.</summary>
    public static async Task<string?> ChooseAsync(HttpContext context, IReadOnlyList<string> supported)
    {
        var offered = context.Request.Headers.GetCommaSeparatedValues(ProtocolHeader);
        if (offered.Length == 0)
        {
            return supported[^1];
        }

        if (offered.FirstOrDefault(supported.Contains) is { } chosen)
        {
            return chosen;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.Headers[AcceptedHeader] = supported.ToArray();
        await context.Response.WriteAsync(
            $"unable to negotiate protocol: client supports [{string.Join(' ', offered)}], server accepts [{string.Join(' ', supported)}]",
            context.RequestAborted).ConfigureAwait(false);
        return null;
    }

    /// <summary>Switches protocols.</summary>
    public static Task<Stream> AcceptAsync(HttpContext context, string protocol)
    {
        context.Response.Headers.Upgrade = "SPDY/3.1";
        context.Response.Headers[ProtocolHeader] = protocol;
        return UpgradedStream.TakeAsync(context, context.Features.GetRequiredFeature<IHttpUpgradeFeature>());
    }
}
