using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>Opens paths, by name or beneath a directory that hostile content (an image, a container) may fill.</summary>
public static partial class RootedFiles
{
    private const long SysOpenAt2 = 437;

    /// <summary>open(2), close-on-exec.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static FileDescriptor Open(string path, OpenFlags flags, int mode = 0)
    {
        var descriptor = open(path, OpenFlagNumbers.ForThisMachine(flags | OpenFlags.CloseOnExec), mode);
        return descriptor.IsInvalid ? throw LinuxException.Last("open", path) : descriptor;
    }

    /// <summary>Opens a path beneath <paramref name="root"/> with openat2(2); no link in it leads outside.</summary>
    /// <param name="path">Relative or absolute: with <see cref="ResolveFlags.InRoot"/> a leading slash means the root.</param>
    /// <exception cref="LinuxException">The call failed; EXDEV where the walk would have left the root.</exception>
    public static unsafe FileDescriptor OpenIn(
        FileDescriptor root,
        string path,
        OpenFlags flags,
        int mode = 0,
        ResolveFlags resolve = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks)
    {
        var how = new OpenHow
        {
            Flags = (ulong)OpenFlagNumbers.ForThisMachine(flags | OpenFlags.CloseOnExec),
            Mode = flags.HasFlag(OpenFlags.Create) ? (ulong)mode : 0,
            Resolve = (ulong)resolve,
        };
        while (true)
        {
            var number = syscall(SysOpenAt2, root, path, &how, (nuint)sizeof(OpenHow));
            if (number >= 0)
            {
                return new FileDescriptor((int)number);
            }

            // EAGAIN: a rename raced the walk of "..", which the kernel asks to try again.
            if (Marshal.GetLastPInvokeError() is not (Errno.EAGAIN or Errno.EINTR))
            {
                throw LinuxException.Last("openat2", path);
            }
        }
    }

    /// <summary>Opens a directory only to name it (O_PATH).</summary>
    public static FileDescriptor OpenDirectory(string path) => Open(path, OpenFlags.PathOnly | OpenFlags.Directory);

    /// <summary>
    /// Opens again, for reading say, the very file that an O_PATH descriptor names: whatever has become of its name meanwhile. Look at its type first.
    /// </summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static FileDescriptor Reopen(FileDescriptor file, OpenFlags flags)
    {
        var held = false;
        try
        {
            // The number is in the path, so nothing else holds the descriptor during the call.
            file.DangerousAddRef(ref held);
            return Open($"/proc/self/fd/{file.Number}", flags);
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial FileDescriptor open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial long syscall(long number, FileDescriptor root, string path, OpenHow* how, nuint size);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
