using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Nacelle.Runtime.Streaming;

/// <summary>Takes a connection over after 101 Switching Protocols.</summary>
internal static class UpgradedStream
{
    public static Task<Stream> TakeAsync(HttpContext context, IHttpUpgradeFeature upgrade)
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

        return upgrade.UpgradeAsync();
    }
}
