using Microsoft.Extensions.Logging;

namespace Nacelle.Kubelet;

/// <summary>Messages of parts that are static.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "pods left in the runtime could not be listed: {Error}")]
    public static partial void OrphansNotListed(ILogger logger, string error);
}
