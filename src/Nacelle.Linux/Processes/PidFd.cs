using System.Runtime.InteropServices;
using Nacelle.Linux.Polling;

namespace Nacelle.Linux.Processes;

/// <summary>A process held by descriptor, so that a reused PID is never waited for or signalled by mistake (pidfd_open(2), Linux 5.3).</summary>
public sealed partial class PidFd : IDisposable
{
    private const int SysPidFdOpen = 434;
    private const int SysPidFdSendSignal = 424;
    private const int WaitForPidFd = 3;
    private const int WaitExited = 4;
    private const int CodeExited = 1;

    private readonly FileDescriptor descriptor;

    private PidFd(int pid, FileDescriptor descriptor)
    {
        Pid = pid;
        this.descriptor = descriptor;
    }

    public int Pid { get; }

    /// <summary>Holds a process; null when there is none of that PID.</summary>
    /// <exception cref="LinuxException">The call failed otherwise.</exception>
    public static PidFd? TryOpen(int pid)
    {
        var number = syscall(SysPidFdOpen, pid, 0);
        if (number >= 0)
        {
            return new PidFd(pid, new FileDescriptor((int)number));
        }

        return Marshal.GetLastPInvokeError() is Errno.ESRCH or Errno.EINVAL ? null : throw LinuxException.Last("pidfd_open", $"{pid}");
    }

    /// <summary>Sends a signal.</summary>
    /// <returns>False when the process has ended.</returns>
    /// <exception cref="LinuxException">Not permitted.</exception>
    public bool Send(Signal signal)
    {
        if (syscall(SysPidFdSendSignal, descriptor, (int)signal, 0, 0) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.ESRCH ? false : throw LinuxException.Last("pidfd_send_signal", $"{Pid}");
    }

    /// <summary>Completes when the process has ended, whoever reaps it. One waiter at a time.</summary>
    public Task WaitForEndAsync(CancellationToken cancellationToken) => ReadinessLoop.Shared.WaitReadableAsync(descriptor, cancellationToken);

    /// <summary>Reaps a child of this process that has ended.</summary>
    internal unsafe ExitStatus Reap()
    {
        var information = stackalloc int[32];
        while (waitid(WaitForPidFd, descriptor, information, WaitExited) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                throw LinuxException.Last("waitid", $"{Pid}");
            }
        }

        // siginfo_t of SIGCHLD on 64 bits: si_signo, si_errno, si_code, padding, si_pid, si_uid, si_status.
        var code = information[2];
        var status = information[6];
        return code == CodeExited ? new ExitStatus(status, Signal.None) : new ExitStatus(128 + status, (Signal)status);
    }

    public void Dispose() => descriptor.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, int pid, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, FileDescriptor descriptor, int signal, nint information, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int waitid(int kind, FileDescriptor descriptor, int* information, int options);
}
