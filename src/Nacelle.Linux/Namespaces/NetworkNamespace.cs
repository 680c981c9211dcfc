using Nacelle.Linux.Files;
using Nacelle.Linux.Mounts;
using Nacelle.Linux.Netlink;

namespace Nacelle.Linux.Namespaces;

/// <summary>
/// A network namespace that lives under a file name, as <c>ip netns</c> and the CNI keep theirs: a bind mount of
/// <c>/proc/thread-self/ns/net</c>. It lasts until <see cref="Remove"/>, whether or not a process is in it.
/// </summary>
public static class NetworkNamespace
{
    /// <summary>Makes a namespace with its <c>lo</c> up and mounts it on a new file. Nothing is left behind when it fails.</summary>
    /// <param name="path">The file to make; its directory exists.</param>
    /// <exception cref="LinuxException">A system call failed (EPERM without root).</exception>
    /// <exception cref="IOException">The file exists already, or cannot be made.</exception>
    public static void Create(string path)
    {
        using (new FileStream(path, FileMode.CreateNew, FileAccess.Write))
        {
        }

        try
        {
            OnOwnThread(() =>
            {
                ThreadNamespaces.Unshare(NamespaceKinds.Network);
                using (var route = new RouteNetlink())
                {
                    route.SetUp(route.FindLink("lo")!.Index);
                }

                FileSystemMount.Bind("/proc/thread-self/ns/net", path);
                return true;
            });
        }
        catch
        {
            Remove(path);
            throw;
        }
    }

    /// <summary>
    /// Unmounts and deletes the file; the namespace ends with its last process. Does nothing where there is none (idempotent).
    /// The kernel takes the devices inside down in the background.
    /// </summary>
    /// <exception cref="LinuxException">The unmount failed.</exception>
    public static void Remove(string path)
    {
        FileSystemMount.Unmount(path, UnmountFlags.Detach | UnmountFlags.NoFollow);
        File.Delete(path);
    }

    /// <summary>Whether a namespace is mounted on this file (a plain file of that name is none).</summary>
    public static bool Exists(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            return Run(path, () => true);
        }
        catch (LinuxException e) when (e.Errno is Errno.EINVAL or Errno.ENOENT)
        {
            return false;
        }
    }

    /// <summary>Opens the namespace, so that it stays reachable and alive while the descriptor is open.</summary>
    /// <exception cref="LinuxException">There is no such file.</exception>
    public static FileDescriptor Open(string path) => RootedFiles.Open(path, OpenFlags.ReadOnly);

    /// <summary>
    /// Runs a function inside the namespace on a thread of its own and waits for it. A socket made there belongs to the namespace for ever,
    /// whichever thread uses it later. The function must not start tasks, timers or asynchronous socket calls: a thread of
    /// the pool that they start would be born inside the namespace.
    /// </summary>
    /// <param name="path">A file that names a namespace: from <see cref="Create"/>, or <c>/proc/PID/ns/net</c>.</param>
    /// <param name="function">What to run; its exception reaches the caller.</param>
    public static T Run<T>(string path, Func<T> function)
    {
        using var target = Open(path);
        return OnOwnThread(() =>
        {
            ThreadNamespaces.Enter(target, NamespaceKinds.Network);
            return function();
        });
    }

    /// <summary>As <see cref="Run"/>, without holding the caller's thread while it runs.</summary>
    public static async Task<T> RunAsync<T>(string path, Func<T> function)
    {
        using var target = Open(path);
        return await OnOwnThreadAsync(() =>
        {
            ThreadNamespaces.Enter(target, NamespaceKinds.Network);
            return function();
        }).ConfigureAwait(false);
    }

    private static T OnOwnThread<T>(Func<T> function) => OnOwnThreadAsync(function).GetAwaiter().GetResult();

    private static Task<T> OnOwnThreadAsync<T>(Func<T> function)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            T result;
            using var home = Open("/proc/thread-self/ns/net");
            try
            {
                result = function();
            }
            catch (Exception e)
            {
                GoHome(home);
                completion.SetException(e);
                return;
            }

            GoHome(home);
            completion.SetResult(result);
        }, 256 * 1024)
        {
            IsBackground = true,
            Name = "netns",
        };
        thread.UnsafeStart();
        return completion.Task;
    }

    // Completing a task may start a thread of the pool, and a thread is born in the namespace of the one that starts it.
    private static void GoHome(FileDescriptor home)
    {
        try
        {
            ThreadNamespaces.Enter(home, NamespaceKinds.Network);
        }
        catch (LinuxException e)
        {
            Environment.FailFast("Cannot return from a network namespace: " + e.Message);
        }
    }
}
