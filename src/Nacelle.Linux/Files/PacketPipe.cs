using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>Pipes and FIFOs whose writes stay apart.</summary>
public static partial class PacketPipe
{
    private const int SetStatusFlags = 4;

    /// <summary>
    /// Turns on packet mode (pipe2(2), O_DIRECT; Linux 4.5 for FIFOs): the reader gets each write of at most PIPE_BUF (4,096) bytes by a read
    /// of its own, however late it reads.
    /// </summary>
    /// <param name="writeEnd">A descriptor open for writing.</param>
    /// <param name="nonBlocking">Whether the descriptor is to be non-blocking: the call sets both flags.</param>
    /// <exception cref="LinuxException">No pipe, or the kernel is too old (EINVAL).</exception>
    public static void Enable(FileDescriptor writeEnd, bool nonBlocking)
    {
        var direct = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;
        LinuxException.Check(fcntl(writeEnd, SetStatusFlags, direct | (nonBlocking ? (int)OpenFlags.NonBlocking : 0)), "fcntl");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(FileDescriptor descriptor, int command, int argument);
}
