using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>rename(2) as it is: also of links to directories, which .NET's own calls follow or refuse.</summary>
public static partial class FileRename
{
    /// <summary>Puts <paramref name="from"/> in the place of <paramref name="to"/> in one step.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static void Replace(string from, string to) => LinuxException.Check(rename(from, to), "rename", $"{from} to {to}");

    /// <summary>As <see cref="Replace(string, string)"/>, by names within one open directory; raw bytes.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static void Replace(FileDescriptor directory, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => Rename(directory, from, to, 0);

    /// <summary>Gives a name that nothing has.</summary>
    /// <exception cref="LinuxException">EEXIST: something has it; or the call failed otherwise.</exception>
    public static void ToNewName(FileDescriptor directory, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        const uint RENAME_NOREPLACE = 1;
        try
        {
            Rename(directory, from, to, RENAME_NOREPLACE);
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL && FileAt.Status(directory, to) is null)
        {
            // A file system that can't promise it: an instant is left in which another program may take the name.
            Rename(directory, from, to, 0);
        }
    }

    private static unsafe void Rename(FileDescriptor directory, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, uint flags)
    {
        fixed (byte* source = RawName.Terminated(from, stackalloc byte[RawName.Short]))
        fixed (byte* target = RawName.Terminated(to, stackalloc byte[RawName.Short]))
        {
            LinuxException.Check(renameat2(directory, source, directory, target, flags), "renameat2", System.Text.Encoding.UTF8.GetString(to));
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int renameat2(FileDescriptor fromDirectory, byte* from, FileDescriptor toDirectory, byte* to, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string from, string to);
}
