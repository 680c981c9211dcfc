using System.Runtime.InteropServices;
using Nacelle.Linux.Files;

namespace Nacelle.Linux.Namespaces;

/// <summary>
/// unshare(2) and setns(2). They change the calling thread only: run them on a thread of your own that ends afterwards
/// (<see cref="RunOnOwnThread{T}"/>), never on one of the pool.
/// </summary>
public static partial class ThreadNamespaces
{
    /// <exception cref="LinuxException">The call failed.</exception>
    public static void Unshare(NamespaceKinds kinds) => LinuxException.Check(unshare((int)kinds), "unshare", kinds.ToString());

    /// <exception cref="LinuxException">The call failed.</exception>
    public static void Enter(FileDescriptor descriptor, NamespaceKinds kind) => LinuxException.Check(setns(descriptor, (int)kind), "setns", kind.ToString());

    /// <summary>Opens a process's namespace; the descriptor keeps it, whatever becomes of the process.</summary>
    /// <exception cref="LinuxException">No such process, or not permitted.</exception>
    public static FileDescriptor Open(int pid, NamespaceKinds kind) => RootedFiles.Open($"/proc/{pid}/ns/{FileName(kind)}", OpenFlags.ReadOnly);

    /// <summary>Runs blocking work on a thread that ends with it, so that a namespace it entered can't leak into the pool.</summary>
    public static Task<T> RunOnOwnThread<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                completion.SetResult(work());
            }
#pragma warning disable CA1031 // The task carries every failure to the caller.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                completion.SetException(exception);
            }
        })
        {
            IsBackground = true,
            Name = "namespace",
        };
        thread.Start();
        return completion.Task;
    }

    private static string FileName(NamespaceKinds kind) => kind switch
    {
        NamespaceKinds.Mount => "mnt",
        NamespaceKinds.Cgroup => "cgroup",
        NamespaceKinds.Uts => "uts",
        NamespaceKinds.Ipc => "ipc",
        NamespaceKinds.User => "user",
        NamespaceKinds.Pid => "pid",
        NamespaceKinds.Network => "net",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "One kind of namespace."),
    };

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(FileDescriptor descriptor, int kind);
}
