using System.Globalization;
using System.Runtime.InteropServices;

namespace Nacelle.Linux.Processes;

/// <summary>The unit in which <c>/proc/PID/stat</c> gives times.</summary>
public static partial class ClockTicks
{
    private const int ScClockTicks = 2;

    /// <summary>Ticks in a second (sysconf(3), <c>_SC_CLK_TCK</c>): 100 on nearly every machine.</summary>
    public static long PerSecond { get; } = sysconf(ScClockTicks) is > 0 and var ticks ? ticks : 100;

    /// <summary>When the machine was started, to a second (<c>btime</c> of <c>/proc/stat</c>).</summary>
    public static DateTimeOffset BootTime { get; } = ReadBootTime();

    /// <summary>The moment that a number of ticks since boot means.</summary>
    public static DateTimeOffset TimeOf(long ticks) => BootTime.AddSeconds((double)ticks / PerSecond);

    private static DateTimeOffset ReadBootTime()
    {
        const string Name = "btime ";
        var line = File.ReadLines("/proc/stat").First(l => l.StartsWith(Name, StringComparison.Ordinal));
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(line.AsSpan(Name.Length), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    [LibraryImport("libc")]
    private static partial long sysconf(int name);
}
