using Microsoft.Extensions.Logging;
using Nacelle.Runtime.Streaming.RemoteCommand;

namespace Nacelle.Runtime.Streaming;

internal static partial class StreamingLog
{
    [LoggerMessage(1, LogLevel.Information, "{Kind} could not be opened: {Reason}")]
    public static partial void OpenFailed(ILogger logger, RemoteCommandKind kind, string reason);

    [LoggerMessage(2, LogLevel.Warning, "{Kind} failed: {Reason}")]
    public static partial void SessionFailed(ILogger logger, RemoteCommandKind kind, string reason);

    [LoggerMessage(3, LogLevel.Debug, "Output ended: {Reason}")]
    public static partial void OutputEnded(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Debug, "Input of {Kind} ended: {Reason}")]
    public static partial void InputEnded(ILogger logger, RemoteCommandKind kind, string reason);

    [LoggerMessage(5, LogLevel.Debug, "Terminal size not applied: {Reason}")]
    public static partial void ResizeFailed(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Debug, "Client of {Kind} went away: {Reason}")]
    public static partial void ClientGone(ILogger logger, RemoteCommandKind kind, string reason);

    [LoggerMessage(7, LogLevel.Warning, "Streaming request {Path} failed")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(8, LogLevel.Debug, "Port {Port} of sandbox {SandboxId} not forwarded: {Reason}")]
    public static partial void ForwardFailed(ILogger logger, int port, string sandboxId, string reason);

    [LoggerMessage(9, LogLevel.Debug, "Connection ended: {Reason}")]
    public static partial void ConnectionEnded(ILogger logger, string reason);
}
