using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>Makes directories beneath a root that hostile content fills.</summary>
public static partial class RootedDirectories
{
    /// <summary>Makes a directory and its missing ancestors beneath <paramref name="root"/>; links are followed inside of it only.</summary>
    /// <param name="mode">Permissions of what is made, before the umask.</param>
    /// <exception cref="LinuxException">A part of the path is no directory, or can't be made.</exception>
    public static void Create(FileDescriptor root, string path, int mode = 0x1ED)
    {
        var parent = root.Duplicate();
        try
        {
            var made = "";
            foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                made += "/" + name;
                var next = TryOpen(root, made);
                if (next is null)
                {
                    if (mkdirat(parent, name, mode) < 0 && Marshal.GetLastPInvokeError() != Errno.EEXIST)
                    {
                        throw LinuxException.Last("mkdirat", made);
                    }

                    next = RootedFiles.OpenIn(root, made, OpenFlags.PathOnly | OpenFlags.Directory);
                }

                parent.Dispose();
                parent = next;
            }
        }
        finally
        {
            parent.Dispose();
        }
    }

    private static FileDescriptor? TryOpen(FileDescriptor root, string path)
    {
        try
        {
            return RootedFiles.OpenIn(root, path, OpenFlags.PathOnly | OpenFlags.Directory);
        }
        catch (LinuxException failure) when (failure.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(FileDescriptor directory, string path, int mode);
}
