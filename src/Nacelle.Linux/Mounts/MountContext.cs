using System.Runtime.InteropServices;

namespace Nacelle.Linux.Mounts;

/// <summary>The file system configuration calls (fsopen, fsconfig, fsmount, move_mount: Linux 5.2), which know no limit of one page for options.</summary>
internal sealed partial class MountContext : IDisposable
{
    private const int SysFsOpen = 430;
    private const int SysFsConfig = 431;
    private const int SysFsMount = 432;
    private const int SysMoveMount = 429;
    private const int SetString = 1;
    private const int CommandCreate = 6;
    private const int CloseOnExec = 1;
    private const int EmptyPath = 4;
    private const int WorkingDirectory = -100;

    private readonly FileDescriptor context;

    internal MountContext(string type)
    {
        var number = syscall(SysFsOpen, type, CloseOnExec);
        context = number < 0 ? throw LinuxException.Last("fsopen", type) : new FileDescriptor((int)number);
    }

    internal void Set(string key, string value)
    {
        if (syscall(SysFsConfig, context, SetString, key, value, 0) < 0)
        {
            throw Failure($"fsconfig {key}", value);
        }
    }

    internal void Attach(string target)
    {
        if (syscall(SysFsConfig, context, CommandCreate, null, null, 0) < 0)
        {
            throw Failure("fsconfig create", target);
        }

        var number = syscall(SysFsMount, context, CloseOnExec, 0);
        if (number < 0)
        {
            throw Failure("fsmount", target);
        }

        using var mount = new FileDescriptor((int)number);
        if (syscall(SysMoveMount, mount, "", WorkingDirectory, target, EmptyPath) < 0)
        {
            throw LinuxException.Last("move_mount", target);
        }
    }

    public void Dispose() => context.Dispose();

    /// <summary>The context's log says in words what errno cannot ("e overlay: ...").</summary>
    private LinuxException Failure(string call, string subject)
    {
        var errno = Marshal.GetLastPInvokeError();
        var buffer = new byte[1024];
        try
        {
            var count = context.Read(buffer);
            if (count > 2)
            {
                subject += ": " + System.Text.Encoding.UTF8.GetString(buffer, 2, count - 2).TrimEnd();
            }
        }
        catch (LinuxException)
        {
            // No message waits: errno is all there is to say.
        }

        return new LinuxException(errno, call, subject);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall(long number, string type, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall(long number, FileDescriptor context, int command, string? key, string? value, int auxiliary);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, FileDescriptor context, int flags, int attributes);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall(long number, FileDescriptor mount, string path, int targetDirectory, string target, int flags);
}
