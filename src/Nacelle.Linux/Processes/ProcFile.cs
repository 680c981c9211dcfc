using System.Buffers.Text;
using System.Runtime.InteropServices;
using Nacelle.Linux.Files;

namespace Nacelle.Linux.Processes;

/// <summary>Reads the small files of <c>/proc/PID</c>: a list of processes reads thousands of them.</summary>
public static class ProcFile
{
    /// <summary>Reads the start of <c>/proc/PID/NAME</c>, as much as fits.</summary>
    /// <param name="pid">A PID of this process's own namespace.</param>
    /// <param name="name">ASCII, such as <c>"stat"u8</c>.</param>
    /// <returns>The bytes read; -1 where the process has ended, before or meanwhile.</returns>
    /// <exception cref="LinuxException">Anything else that the kernel refuses (EACCES, EMFILE).</exception>
    public static int Read(int pid, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[64];
        "/proc/"u8.CopyTo(path);
        Utf8Formatter.TryFormat(pid, path[6..], out var digits);
        path[6 + digits] = (byte)'/';
        name.CopyTo(path[(7 + digits)..]);
        path[7 + digits + name.Length] = 0;
        return SmallFile.TryRead(path, buffer) is var count and >= 0 ? count : Ended(pid, name);
    }

    private static int Ended(int pid, ReadOnlySpan<byte> name) => Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ESRCH
        ? -1
        : throw LinuxException.Last("read", $"/proc/{pid}/{System.Text.Encoding.ASCII.GetString(name)}");
}
