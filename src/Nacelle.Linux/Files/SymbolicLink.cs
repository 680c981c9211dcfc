using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>readlinkat(2).</summary>
public static partial class SymbolicLink
{
    /// <summary>The target of the symbolic link that an O_PATH descriptor names, as it is stored: bytes of any kind.</summary>
    /// <exception cref="LinuxException">It is no link (ENOENT), or can't be read.</exception>
    public static unsafe byte[] ReadTarget(FileDescriptor link)
    {
        byte* target = stackalloc byte[RawName.MaxPath];
        byte empty = 0;
        var length = readlinkat(link, &empty, target, RawName.MaxPath);
        return length < 0 ? throw LinuxException.Last("readlinkat") : new ReadOnlySpan<byte>(target, (int)length).ToArray();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint readlinkat(FileDescriptor link, byte* path, byte* target, nuint size);
}
