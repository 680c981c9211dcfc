using System.Runtime.InteropServices;

namespace Nacelle.Linux.Processes;

/// <summary>Both ends of a pipe, close-on-exec.</summary>
public sealed partial class Pipe : IDisposable
{
    private const int CloseOnExec = 0x80000;

    /// <exception cref="LinuxException">No descriptors left.</exception>
    public unsafe Pipe()
    {
        var ends = stackalloc int[2];
        LinuxException.Check(pipe2(ends, CloseOnExec), "pipe2");
        Reader = new FileDescriptor(ends[0]);
        Writer = new FileDescriptor(ends[1]);
    }

    public FileDescriptor Reader { get; }

    public FileDescriptor Writer { get; }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int pipe2(int* ends, int flags);
}
