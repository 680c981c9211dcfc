using System.Runtime.InteropServices;

namespace Nacelle.Linux.Processes;

/// <summary>kill(2), for PIDs that were just read from a place that guarantees them, such as a control group. Prefer <see cref="PidFd"/>.</summary>
public static partial class ProcessSignal
{
    /// <summary>Sends a signal.</summary>
    /// <returns>False when there is no such process.</returns>
    /// <exception cref="LinuxException">Not permitted.</exception>
    public static bool Send(int pid, Signal signal)
    {
        if (pid <= 1)
        {
            throw new ArgumentOutOfRangeException(nameof(pid), pid, "Never a process group, never all, never init.");
        }

        if (kill(pid, (int)signal) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.ESRCH ? false : throw LinuxException.Last("kill", $"{pid}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
