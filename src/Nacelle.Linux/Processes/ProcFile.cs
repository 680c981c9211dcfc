using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Nacelle.Linux.Processes;

/// <summary>
/// Reads the small files of <c>/proc/PID</c> into the caller's buffer: one open, as few reads as it takes, no object. A list of processes
/// reads thousands of them.
/// </summary>
public static partial class ProcFile
{
    /// <summary>Reads the start of <c>/proc/PID/NAME</c>, as much as fits.</summary>
    /// <param name="pid">A PID of this process's own namespace.</param>
    /// <param name="name">ASCII, such as <c>"stat"u8</c>.</param>
    /// <returns>The bytes read; -1 where the process has ended, before or meanwhile.</returns>
    /// <exception cref="LinuxException">Anything else that the kernel refuses (EACCES, EMFILE).</exception>
    public static unsafe int Read(int pid, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[64];
        "/proc/"u8.CopyTo(path);
        Utf8Formatter.TryFormat(pid, path[6..], out var digits);
        path[6 + digits] = (byte)'/';
        name.CopyTo(path[(7 + digits)..]);
        path[7 + digits + name.Length] = 0;
        fixed (byte* start = path)
        {
            const int ReadOnlyCloseOnExec = 0x80000;
            var file = open(start, ReadOnlyCloseOnExec);
            if (file < 0)
            {
                return Ended(pid, name);
            }

            try
            {
                return ReadAll(file, buffer) is var count and >= 0 ? count : Ended(pid, name);
            }
            finally
            {
                _ = close(file);
            }
        }
    }

    // A file of /proc is generated in pieces: a short read is not yet its end.
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

    private static int Ended(int pid, ReadOnlySpan<byte> name) => Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ESRCH
        ? -1
        : throw LinuxException.Last("read", $"/proc/{pid}/{System.Text.Encoding.ASCII.GetString(name)}");

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int open(byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int file, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int file);
}
