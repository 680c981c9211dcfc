using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nacelle.Linux;

/// <summary>An owned file descriptor, closed when disposed. Everything this room opens is close-on-exec.</summary>
public sealed partial class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    public FileDescriptor()
        : base(ownsHandle: true)
    {
    }

    public FileDescriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>A C int that came back as a pointer has no sign beyond 32 bits: -1 is compared as the int it is.</summary>
    public override bool IsInvalid => unchecked((int)handle) == -1;

    /// <summary>The descriptor's number; valid only while this object lives.</summary>
    public int Number => (int)handle;

    /// <summary>A path by which another process of this machine (root) can open what this descriptor refers to, while it stays open.</summary>
    public string ProcPath => $"/proc/{Environment.ProcessId}/fd/{Number}";

    /// <summary>A second descriptor for the same open file.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public FileDescriptor Duplicate() => Duplicate(0);

    /// <summary>Gives the descriptor's ownership to a stream; this object is then no longer valid.</summary>
    public FileStream ToStream(FileAccess access)
    {
        var number = Number;
        SetHandleAsInvalid();
        handle = -1;
        return new FileStream(new SafeFileHandle(number, ownsHandle: true), access, bufferSize: 0);
    }

    /// <summary>Reads what is there now.</summary>
    /// <returns>The number of bytes; 0 at the end; -1 when a non-blocking descriptor has nothing yet.</returns>
    /// <exception cref="LinuxException">The call failed.</exception>
    public unsafe int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* pointer = buffer)
            {
                count = read(this, pointer, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Linux.Errno.EINTR:
                    continue;
                case Linux.Errno.EAGAIN:
                    return -1;
                default:
                    throw LinuxException.Last("read");
            }
        }
    }

    /// <summary>pread(2): reads at an offset, whatever the descriptor's own position.</summary>
    /// <param name="offset">Bytes from the file's start.</param>
    /// <returns>The number of bytes; 0 at the end of the file.</returns>
    /// <exception cref="LinuxException">The call failed.</exception>
    public unsafe int ReadAt(Span<byte> buffer, long offset)
    {
        while (true)
        {
            nint count;
            fixed (byte* pointer = buffer)
            {
                count = pread(this, pointer, (nuint)buffer.Length, offset);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            if (Marshal.GetLastPInvokeError() != Linux.Errno.EINTR)
            {
                throw LinuxException.Last("pread");
            }
        }
    }

    /// <summary>Writes all of the buffer to a blocking descriptor.</summary>
    /// <exception cref="LinuxException">The call failed (EAGAIN when the descriptor is non-blocking and takes no more).</exception>
    public void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = TryWrite(buffer);
            buffer = count < 0 ? throw new LinuxException(Linux.Errno.EAGAIN, "write") : buffer[count..];
        }
    }

    /// <summary>Writes what the descriptor takes now.</summary>
    /// <returns>The number of bytes taken; -1 when a non-blocking descriptor takes none.</returns>
    /// <exception cref="LinuxException">The call failed (EPIPE when nobody reads any more).</exception>
    public unsafe int TryWrite(ReadOnlySpan<byte> buffer)
    {
        while (true)
        {
            nint count;
            fixed (byte* pointer = buffer)
            {
                count = write(this, pointer, (nuint)buffer.Length);
            }

            if (count >= 0)
            {
                return (int)count;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Linux.Errno.EINTR:
                    continue;
                case Linux.Errno.EAGAIN:
                    return -1;
                default:
                    throw LinuxException.Last("write");
            }
        }
    }

    internal FileDescriptor Duplicate(int atLeast)
    {
        const int F_DUPFD_CLOEXEC = 1030;
        return new FileDescriptor(LinuxException.Check(fcntl(this, F_DUPFD_CLOEXEC, atLeast), "fcntl"));
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(FileDescriptor fd, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(FileDescriptor fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint pread(FileDescriptor fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(FileDescriptor fd, byte* buffer, nuint count);
}
