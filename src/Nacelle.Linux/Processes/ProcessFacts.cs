using System.Globalization;

namespace Nacelle.Linux.Processes;

/// <summary>What <c>/proc/PID/stat</c> says of a process (proc(5)).</summary>
/// <param name="Pid">Its PID in this process's namespace.</param>
/// <param name="State">R, S, D, Z, T, X, …</param>
/// <param name="ParentPid">Its parent's PID.</param>
/// <param name="Flags">The kernel's flags of the process (include/linux/sched.h).</param>
/// <param name="StartTicks">When it started: clock ticks since boot. With the PID it names one process for as long as the machine is up.</param>
/// <param name="Threads">How many threads it has, the first one included for as long as any lives.</param>
public sealed record ProcessFacts(int Pid, string Name, char State, int ParentPid, uint Flags, long StartTicks, int Threads = 1)
{
    // PF_EXITING
    private const uint ExitingFlag = 0x4;

    /// <summary>Whether it is ending: the init of a namespace is, while the kernel kills everything in it, before its own end shows.</summary>
    public bool IsExiting => (Flags & ExitingFlag) != 0;

    /// <summary>Whether its first thread has ended, which the files of <c>/proc/PID</c> are about; others may go on.</summary>
    public bool IsZombie => State is 'Z' or 'X';

    /// <summary>Whether it has ended, with all its threads, and only waits to be reaped.</summary>
    public bool HasEnded => IsZombie && Threads <= 1;

    /// <summary>The facts now; null when there is no such process.</summary>
    public static ProcessFacts? TryRead(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (IOException)
        {
            // Not there, or it ended between open and read (ESRCH).
            return null;
        }
    }

    /// <summary>Whether that very process, not a later one of the same PID, still runs (a zombie does not).</summary>
    public static bool IsRunning(int pid, long startTicks) => TryRead(pid) is { HasEnded: false } facts && facts.StartTicks == startTicks;

    internal static ProcessFacts Parse(string stat)
    {
        // The name stands in parentheses and may hold any character, a parenthesis too.
        var open = stat.IndexOf('(', StringComparison.Ordinal);
        var close = stat.LastIndexOf(')');
        if (open < 0 || close < open)
        {
            throw new FormatException($"Not the content of a stat file: {stat}");
        }

        var fields = stat[(close + 2)..].Split(' ');
        return new ProcessFacts(
            int.Parse(stat.AsSpan(0, open).Trim(), NumberStyles.None, CultureInfo.InvariantCulture),
            stat[(open + 1)..close],
            fields[0][0],
            int.Parse(fields[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            uint.Parse(fields[6], NumberStyles.None, CultureInfo.InvariantCulture),
            long.Parse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture),
            int.Parse(fields[17], NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
