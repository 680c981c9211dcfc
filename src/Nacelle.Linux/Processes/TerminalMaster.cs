using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Nacelle.Linux.Processes;

/// <summary>The master side of a pseudo-terminal that another program made: receiving it, and setting its size.</summary>
public static partial class TerminalMaster
{
    private const int SetWindowSize = 0x5414;
    private const int CloseOnExec = 0x40000000;
    private const int HeaderSize = 16;

    /// <summary>Takes the descriptor that a peer sends over a unix socket (OCI runtimes: --console-socket).</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    /// <exception cref="IOException">The message carries no descriptor.</exception>
    public static async Task<FileDescriptor> ReceiveAsync(Socket connection, CancellationToken cancellationToken)
    {
        // An empty receive completes when there is something to receive.
        await connection.ReceiveAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        return Receive(connection);
    }

    /// <exception cref="LinuxException">The terminal is gone.</exception>
    public static unsafe void SetSize(FileDescriptor master, ushort columns, ushort rows)
    {
        var size = stackalloc ushort[4] { rows, columns, 0, 0 };
        LinuxException.Check(ioctl(master, SetWindowSize, size), "ioctl", "TIOCSWINSZ");
    }

    private static unsafe FileDescriptor Receive(Socket connection)
    {
        var data = stackalloc byte[512];
        var control = stackalloc byte[64];
        var vector = new Vector { Base = data, Length = 512 };
        var message = new Message { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 64 };
        if (recvmsg(connection.SafeHandle, &message, CloseOnExec) < 0)
        {
            throw LinuxException.Last("recvmsg");
        }

        // One control message: length (8 bytes), SOL_SOCKET (1), SCM_RIGHTS (1), then the descriptor.
        return message.ControlLength >= HeaderSize + 4 && *(int*)(control + 8) == 1 && *(int*)(control + 12) == 1
            ? new FileDescriptor(*(int*)(control + HeaderSize))
            : throw new IOException("The message on the console socket carries no descriptor.");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint recvmsg(SafeSocketHandle socket, Message* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int ioctl(FileDescriptor descriptor, nuint request, ushort* size);

    private unsafe struct Vector
    {
        public byte* Base;
        public nuint Length;
    }

    private unsafe struct Message
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
