using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Nacelle.Runtime;

/// <summary>What this room logs.</summary>
internal static partial class RuntimeLog
{
    [LoggerMessage(1, LogLevel.Information, "CRI served on {Socket}: {OciRuntime}, cgroup {Cgroup}, {Sandboxes} sandboxes and {Containers} containers found.")]
    internal static partial void Serving(ILogger logger, string socket, string ociRuntime, string cgroup, int sandboxes, int containers);

    [LoggerMessage(15, LogLevel.Debug, "{Method} answered {Code}: {Message}")]
    internal static partial void CallRefused(ILogger logger, string method, StatusCode code, string message);

    [LoggerMessage(2, LogLevel.Warning, "{Method} failed with {Code}.")]
    internal static partial void CallFailed(ILogger logger, string method, StatusCode code, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "Rollback step \"{Step}\" failed.")]
    internal static partial void RollbackStepFailed(ILogger logger, string step, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "Moving processes between cgroups is slow here, some 20 ms each: favordynmods can't be set ({Reason}).")]
    internal static partial void SlowCgroups(ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Information, "Sandbox {Id} of {Namespace}/{Name} runs: {Milliseconds} ms ({Parts}).")]
    internal static partial void SandboxStarted(ILogger logger, string id, string @namespace, string name, double milliseconds, string parts);

    [LoggerMessage(6, LogLevel.Information, "Sandbox {Id} ended: {End}.")]
    internal static partial void SandboxEnded(ILogger logger, string id, string end);

    [LoggerMessage(7, LogLevel.Information, "Container {Id} ({Name}) runs as PID {Pid}: {Milliseconds} ms ({Parts}).")]
    internal static partial void ContainerStarted(ILogger logger, string id, string name, int pid, double milliseconds, string parts);

    [LoggerMessage(8, LogLevel.Information, "Container {Id} ({Name}) ended: code {ExitCode}, {Reason}, {Leftovers} processes left over were killed.")]
    internal static partial void ContainerEnded(ILogger logger, string id, string name, int exitCode, string reason, int leftovers);

    [LoggerMessage(9, LogLevel.Warning, "Tidying up after container {Id} failed; its removal tries again.")]
    internal static partial void TidyFailed(ILogger logger, string id, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "Watching {What} {Id} failed.")]
    internal static partial void WatchFailed(ILogger logger, string what, string id, Exception exception);

    [LoggerMessage(11, LogLevel.Warning, "oom_score_adj can't be lowered below {Own} here (no CAP_SYS_RESOURCE): containers get {Own} at least.")]
    internal static partial void OomScoreClamped(ILogger logger, long own);

    [LoggerMessage(12, LogLevel.Warning, "Taking {Path} over failed; it is left as it is.")]
    internal static partial void BadRecord(ILogger logger, string path, Exception exception);

    [LoggerMessage(13, LogLevel.Information, "Removed what was left of {What} {Id}, whose making had been interrupted.")]
    internal static partial void RemovedUnfinished(ILogger logger, string what, string id);

    [LoggerMessage(14, LogLevel.Warning, "Removing what was left of {What} {Id} failed.")]
    internal static partial void RemoveUnfinishedFailed(ILogger logger, string what, string id, Exception exception);

    [LoggerMessage(16, LogLevel.Warning, "crun will start no container in this hybrid cgroup layout: {Obstacle}")]
    internal static partial void HybridCgroups(ILogger logger, string obstacle);

    [LoggerMessage(17, LogLevel.Warning, "{Path} is not a readable record: what is named by its id is removed.")]
    internal static partial void UnreadableRecord(ILogger logger, string path, Exception exception);
}
