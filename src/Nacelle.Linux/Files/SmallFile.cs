using System.Runtime.InteropServices;
using System.Text;

namespace Nacelle.Linux.Files;

/// <summary>Reads the small files in which the kernel tells something (proc(5), cgroups(7)) into the caller's buffer: one open, as few reads as it takes, no object.</summary>
public static partial class SmallFile
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int LongestPath = 4096;

    /// <summary>Reads the start of a file, as much as fits.</summary>
    /// <param name="path">It has no character 0.</param>
    /// <returns>The bytes read; -1 where it can't be read, with the error as the last of this thread.</returns>
    public static int TryRead(string path, Span<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[LongestPath];
        if (!Encoding.UTF8.TryGetBytes(path, bytes[..^1], out var length))
        {
            Marshal.SetLastPInvokeError(Errno.ENAMETOOLONG);
            return -1;
        }

        bytes[length] = 0;
        return TryRead(bytes, buffer);
    }

    /// <summary>As the other, for a path that ends with a 0.</summary>
    internal static unsafe int TryRead(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        fixed (byte* start = path)
        {
            var file = open(start, ReadOnlyCloseOnExec);
            if (file < 0)
            {
                return -1;
            }

            var count = ReadAll(file, buffer);
            var error = Marshal.GetLastPInvokeError();
            _ = close(file);
            Marshal.SetLastPInvokeError(error);
            return count;
        }
    }

    // Such a file is generated in pieces: a short read is not yet its end.
    private static unsafe int ReadAll(int file, Span<byte> buffer)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            nint count;
            fixed (byte* start = buffer[total..])
            {
                count = read(file, start, (nuint)(buffer.Length - total));
            }

            if (count == 0)
            {
                break;
            }

            if (count > 0)
            {
                total += (int)count;
            }
            else if (Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                return -1;
            }
        }

        return total;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int open(byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int file, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int file);
}
