using Microsoft.Extensions.Logging;

namespace Nacelle.Runtime.Networking;

internal static partial class PodNetworkLog
{
    [LoggerMessage(1, LogLevel.Information, "Bridge {Bridge} is ready: gateway {Gateway}, packet filter {Filter}")]
    public static partial void BridgeReady(this ILogger logger, string bridge, string gateway, string filter);

    [LoggerMessage(2, LogLevel.Warning, "The network of sandbox {SandboxId} could not be removed yet (attempt {Attempt}): {Reason}")]
    public static partial void RemovalFailed(this ILogger logger, string sandboxId, int attempt, string reason);

    [LoggerMessage(3, LogLevel.Error, "The network device of sandbox {SandboxId} stays until the next start; its address {Address} is kept")]
    public static partial void RemovalGivenUp(this ILogger logger, string sandboxId, string address);

    [LoggerMessage(4, LogLevel.Debug, "Sandbox {SandboxId} has {Address} by {Link} after {Milliseconds:F1} ms")]
    public static partial void Connected(this ILogger logger, string sandboxId, string address, string link, double milliseconds);

    [LoggerMessage(5, LogLevel.Warning, "No packet filter program (nft or iptables) is installed: Pods reach the host and each other, but nothing beyond")]
    public static partial void NoPacketFilter(this ILogger logger);

    [LoggerMessage(6, LogLevel.Error, "Undoing the network of sandbox {SandboxId} failed: {Reason}")]
    public static partial void RollbackFailed(this ILogger logger, string sandboxId, string reason);
}
