using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Nacelle.Linux.Polling;

/// <summary>
/// Waits for descriptors (pidfd, pipe, inotify) to become readable without holding a thread for each: one epoll instance
/// and one background thread, which live as long as the process.
/// </summary>
public sealed partial class ReadinessLoop
{
    private const int EpollAdd = 1;
    private const int EpollDelete = 2;
    private const uint EpollIn = 1;
    private const uint EpollOut = 4;
    private const uint EpollOneShot = 1u << 30;
    private const int CloseOnExec = 0x80000;

    private static readonly Lazy<ReadinessLoop> SharedLoop = new(() => new ReadinessLoop());

    private readonly FileDescriptor epoll;
    private readonly ConcurrentDictionary<ulong, Waiter> waiters = new();
    private ulong lastKey;

    private ReadinessLoop()
    {
        epoll = epoll_create1(CloseOnExec);
        if (epoll.IsInvalid)
        {
            throw LinuxException.Last("epoll_create1");
        }

        new Thread(Run) { IsBackground = true, Name = "readiness" }.Start();
    }

    /// <summary>The process's loop.</summary>
    public static ReadinessLoop Shared => SharedLoop.Value;

    /// <summary>Completes when the descriptor has something to read, is at its end, or has an error. One waiter a descriptor at a time.</summary>
    /// <exception cref="LinuxException">The descriptor can't be waited for (EPERM: a regular file), or is already waited for (EEXIST).</exception>
    public Task WaitReadableAsync(FileDescriptor descriptor, CancellationToken cancellationToken) => WaitAsync(descriptor, EpollIn, cancellationToken);

    /// <summary>Completes when the descriptor takes data again, or has an error. One waiter a descriptor at a time.</summary>
    /// <exception cref="LinuxException">As <see cref="WaitReadableAsync"/>.</exception>
    public Task WaitWritableAsync(FileDescriptor descriptor, CancellationToken cancellationToken) => WaitAsync(descriptor, EpollOut, cancellationToken);

    private async Task WaitAsync(FileDescriptor descriptor, uint condition, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var kept = false;
        descriptor.DangerousAddRef(ref kept);
        var key = Interlocked.Increment(ref lastKey);
        var waiter = new Waiter();
        waiters[key] = waiter;
        try
        {
            var request = EpollEvent.Create(condition | EpollOneShot, key);
            LinuxException.Check(Control(EpollAdd, descriptor.Number, in request), "epoll_ctl");
            try
            {
                await using var registration = cancellationToken.UnsafeRegister(
                    static (state, token) => ((Waiter)state!).Completion.TrySetCanceled(token), waiter);
                await waiter.Completion.Task.ConfigureAwait(false);
            }
            finally
            {
                var unused = default(EpollEvent);
                _ = Control(EpollDelete, descriptor.Number, in unused);
            }
        }
        finally
        {
            waiters.TryRemove(key, out _);
            descriptor.DangerousRelease();
        }
    }

    private unsafe void Run()
    {
        var stride = EpollEvent.Stride;
        var buffer = stackalloc byte[64 * 16];
        while (true)
        {
            var count = epoll_wait(epoll, buffer, 64, -1);
            if (count < 0)
            {
                if (Marshal.GetLastPInvokeError() == Errno.EINTR)
                {
                    continue;
                }

                // Only a closed or broken epoll descriptor gets here, which is a defect of this process: every waiter must learn of it.
                var failure = LinuxException.Last("epoll_wait");
                foreach (var waiter in waiters.Values)
                {
                    waiter.Completion.TrySetException(failure);
                }

                return;
            }

            for (var index = 0; index < count; index++)
            {
                var key = EpollEvent.ReadKey(buffer + (index * stride));
                if (waiters.TryGetValue(key, out var waiter))
                {
                    waiter.Completion.TrySetResult();
                }
            }
        }
    }

    private unsafe int Control(int operation, int descriptor, in EpollEvent request)
    {
        fixed (EpollEvent* pointer = &request)
        {
            return epoll_ctl(epoll, operation, descriptor, (byte*)pointer);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial FileDescriptor epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_ctl(FileDescriptor epoll, int operation, int descriptor, byte* request);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_wait(FileDescriptor epoll, byte* events, int limit, int timeout);

    private sealed class Waiter
    {
        internal TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
