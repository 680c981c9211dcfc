using System.Globalization;

namespace Nacelle.Inspect.Processes;

/// <summary>Names one process and no other, ever: <c>BOOT-ID.PID.START</c>, with the PID on the host and the start time in clock ticks.</summary>
public static class ProcessUid
{
    public static string Format(int hostPid, long startTicks) =>
        BootId.Current + string.Create(CultureInfo.InvariantCulture, $".{hostPid}.{startTicks}");

    /// <returns>Null for another boot's, and for what is none.</returns>
    public static (int HostPid, long StartTicks)? TryParse(string uid) =>
        uid.Split('.') is [var boot, var pid, var start] && boot == BootId.Current
        && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var hostPid)
        && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var startTicks)
            ? (hostPid, startTicks)
            : null;
}
