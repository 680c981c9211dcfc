using System.Globalization;
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

    /// <summary>What it will do with the signal. KILL and STOP from outside of its namespace are always taken.</summary>
    public SignalOutlook Foresee(Signal signal)
    {
        var buffer = new byte[8192];
        var length = ProcFile.Read(_process.Pid, "status"u8, buffer);
        return length > 0 && ProcessFacts.IsRunning(_process.Pid, _startTicks)
            ? Foresee(signal, System.Text.Encoding.UTF8.GetString(buffer, 0, length))
            : SignalOutlook.Takes;
    }

    public void Dispose() => _process.Dispose();

    internal static SignalOutlook Foresee(Signal signal, string status)
    {
        if (signal is Signal.Kill or Signal.Stop)
        {
            return SignalOutlook.Takes;
        }

        var bit = 1UL << ((int)signal - 1);
        ulong caught = 0, ignored = 0;
        var first = false;
        foreach (var line in status.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            switch (colon < 0 ? "" : line[..colon])
            {
                case "SigCgt":
                    _ = ulong.TryParse(line.AsSpan(colon + 1).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out caught);
                    break;
                case "SigIgn":
                    _ = ulong.TryParse(line.AsSpan(colon + 1).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ignored);
                    break;
                case "NSpid":
                    // The innermost namespace's number comes last.
                    first = line.Split('\t') is { Length: > 2 } numbers && numbers[^1] == "1";
                    break;
            }
        }

        return (ignored & bit) != 0 ? SignalOutlook.Ignores
            : first && (caught & bit) == 0 ? SignalOutlook.Dropped
            : SignalOutlook.Takes;
    }
}
