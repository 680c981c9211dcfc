using Nacelle.Linux;
using Nacelle.Linux.Processes;

namespace Nacelle.Inspect.Processes;

/// <summary>One process held by its descriptor, so that what is sent reaches that process or nobody.</summary>
public sealed class SignalTarget : IDisposable
{
    private readonly PidFd _process;
    private readonly long _startTicks;

    private SignalTarget(PidFd process, long startTicks) => (_process, _startTicks) = (process, startTicks);

    /// <summary>Null where that very process has ended, a zombie too.</summary>
    /// <param name="hostPid">Its PID on the host.</param>
    /// <param name="startTicks">When it started: a later process of the same PID is not taken for it.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static SignalTarget? TryOpen(int hostPid, long startTicks)
    {
        var process = PidFd.TryOpen(hostPid);
        if (process is null)
        {
            return null;
        }

        // Looked at after it is held: what has this start time now is what the descriptor holds.
        if (ProcessFacts.IsRunning(hostPid, startTicks))
        {
            return new SignalTarget(process, startTicks);
        }

        process.Dispose();
        return null;
    }

    /// <returns>False where it has ended.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool Send(Signal signal) => _process.Send(signal);

    /// <summary>Completes when it has ended.</summary>
    public Task WaitForEndAsync(CancellationToken cancellationToken) => _process.WaitForEndAsync(cancellationToken);

    /// <summary>What it will do with the signal. KILL, STOP and CONT from outside of its namespace are always taken.</summary>
    public SignalOutlook Foresee(Signal signal)
    {
        var waits = SignalWait.Read(_process.Pid);
        if (!new ProcessReader().TryReadStatus(_process.Pid, out var status) || !ProcessFacts.IsRunning(_process.Pid, _startTicks))
        {
            return SignalOutlook.Takes;
        }

        status.BlockedSignals |= waits;
        return Foresee(signal, status);
    }

    public void Dispose() => _process.Dispose();

    internal static SignalOutlook Foresee(Signal signal, in StatusFile status)
    {
        // CONT lets a stopped process go on before the kernel looks at handlers.
        if (signal is Signal.Kill or Signal.Stop or Signal.Continue)
        {
            return SignalOutlook.Takes;
        }

        // A blocked signal is neither ignored nor dropped: it waits until it is asked for, as tini and others do (sigwaitinfo(2)).
        var bit = 1UL << ((int)signal - 1);
        return (status.BlockedSignals & bit) != 0 ? SignalOutlook.Takes
            : (status.IgnoredSignals & bit) != 0 ? SignalOutlook.Ignores
            : status.NamespacePids is { Length: > 1 } pids && pids[^1] == 1 && (status.CaughtSignals & bit) == 0 ? SignalOutlook.Dropped
            : SignalOutlook.Takes;
    }
}
