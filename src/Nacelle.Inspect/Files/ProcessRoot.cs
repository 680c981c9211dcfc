using System.Text;

using Nacelle.Inspect.Processes;
using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Linux.Mounts;
using Nacelle.Linux.Processes;

namespace Nacelle.Inspect.Files;

/// <summary>
/// The root directory of one process, with everything that is mounted beneath it as that process sees it. What is in it is hostile: see
/// <see cref="PathWalk"/>. The process is held by its directory in <c>/proc</c>, which stays that process's for as long as it is open (ESRCH after its end),
/// as a pidfd does: a reused PID is never taken for it.
/// </summary>
public sealed class ProcessRoot : IDisposable
{
    private readonly int pid;
    private readonly FileDescriptor process;
    private readonly FileDescriptor directory;

    private ProcessRoot(int pid, FileDescriptor process)
    {
        (this.pid, this.process) = (pid, process);
        directory = OpenDirectory();
        try
        {
            Facts = FileFacts.TryRead(directory, default) ?? throw Ended(pid, null);
            FileSystem = FileSystemOf(Facts);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <param name="pid">As the host numbers it.</param>
    /// <param name="startTicks">When it started (<see cref="ProcessFacts.StartTicks"/>): a later process of the same PID is refused.</param>
    /// <exception cref="FileRefusedException">The process has ended, or its root may not be seen.</exception>
    public static ProcessRoot Open(int pid, long startTicks)
    {
        FileDescriptor? process = null;
        try
        {
            process = FileAt.OpenAbsolute($"/proc/{pid}");
            if (ProcessFacts.IsRunning(pid, startTicks))
            {
                var root = new ProcessRoot(pid, process);
                process = null;
                return root;
            }

            throw Ended(pid, null);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ESRCH)
        {
            throw Ended(pid, e);
        }
        finally
        {
            process?.Dispose();
        }
    }

    /// <summary>
    /// The file of that path, which is absolute whether it begins with a slash or not. Symbolic links are followed beneath the root only, as the process
    /// itself would follow them.
    /// </summary>
    /// <param name="path">Bytes of any kind.</param>
    /// <param name="followLast">Whether a link at the path's end is followed too. A slash there follows it in any case.</param>
    /// <exception cref="FileRefusedException">There is no such file, or the way to it leads through what is never opened.</exception>
    public FileNode Find(ReadOnlySpan<byte> path, bool followLast)
    {
        var node = new PathWalk(this, path.ToArray()).Walk(followLast);
        try
        {
            // Its mounts end with its last process: what was found after that may be what lay beneath a mount.
            OpenDirectory().Dispose();
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        directory.Dispose();
        process.Dispose();
    }

    internal FileFacts Facts { get; }

    /// <summary>The type of the file system that the directory itself is on.</summary>
    internal string? FileSystem { get; }

    /// <summary>The directory itself, as it was when this object was made: a process that changes its root later does not move it.</summary>
    internal FileNode Directory() => new(this, directory.Duplicate(), Facts, FileSystem);

    /// <summary>The type of the file system that an open file is on; null if neither the process nor this one sees its mount.</summary>
    internal string? FileSystemOf(FileFacts facts)
    {
        // A process that has changed its root to a directory within a mount (chroot) is not told of that mount; the file system may be mounted here too.
        var device = $"{facts.Identity.DeviceMajor}:{facts.Identity.DeviceMinor}";
        return (Mounts().FirstOrDefault(mount => (ulong)mount.Id == facts.MountId) ?? MountEntry.ReadAll().FirstOrDefault(mount => mount.Device == device)) is { } found
            ? TypeOf(found)
            : null;
    }

    /// <summary>The types of all mounts by number, for showing only: a number may be another mount's the next moment.</summary>
    internal Dictionary<ulong, string> FileSystems()
    {
        var types = new Dictionary<ulong, string>();
        foreach (var mount in Mounts())
        {
            types[(ulong)mount.Id] = TypeOf(mount);
        }

        return types;
    }

    /// <summary>A FUSE program chooses what stands after <c>fuse.</c>, escape codes too.</summary>
    private static string TypeOf(MountEntry mount) => EscapedText.Of(Encoding.UTF8.GetBytes(mount.Type));

    private IEnumerable<MountEntry> Mounts() =>
        MountEntry.Read(InProcess("mountinfo", OpenFlags.ReadOnly, ResolveFlags.NoSymbolicLinks));

    /// <summary>Only named (O_PATH): no file system is asked.</summary>
    private FileDescriptor OpenDirectory() => InProcess("root", OpenFlags.PathOnly, ResolveFlags.None);

    private FileDescriptor InProcess(string name, OpenFlags flags, ResolveFlags resolve)
    {
        try
        {
            return FileAt.OpenIn(process, Encoding.ASCII.GetBytes(name), flags, resolve);
        }
        catch (LinuxException) when (LivingThread.Find(pid) is { Id: var thread } && thread != pid)
        {
            // The first thread has ended and left what the others still have.
            return InProcess($"task/{thread}/{name}", flags, resolve);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ESRCH or Errno.EINVAL)
        {
            throw Ended(pid, e);
        }
        catch (LinuxException e)
        {
            throw new FileRefusedException(FileRefusal.Failed, $"the root of process {pid} can't be opened: {e.Message}", e);
        }
    }

    private static FileRefusedException Ended(int pid, Exception? inner) =>
        new(FileRefusal.ProcessEnded, $"process {pid} has ended, and its files can't be reached any more", inner);
}
