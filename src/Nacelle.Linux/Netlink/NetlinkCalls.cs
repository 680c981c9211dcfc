using System.Runtime.InteropServices;

namespace Nacelle.Linux.Netlink;

/// <summary>The socket calls of libc that a netlink client needs.</summary>
internal static partial class NetlinkCalls
{
    public const int AddressFamilyNetlink = 16;
    public const int SocketRaw = 3;
    public const int SocketCloseOnExec = 0x80000;
    public const int NetlinkRoute = 0;
    public const int LevelNetlink = 270;
    public const int OptionCapAck = 10;
    public const int OptionExtAck = 11;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(FileDescriptor socket, int level, int name, in int value, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(FileDescriptor socket, in NetlinkAddress address, int length);

    // Without an address a netlink socket sends to the kernel (port 0).
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(FileDescriptor socket, ReadOnlySpan<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(FileDescriptor socket, Span<byte> buffer, nint length, int flags);
}
