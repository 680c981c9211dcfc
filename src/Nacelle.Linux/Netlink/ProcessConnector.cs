using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Nacelle.Linux.Polling;

namespace Nacelle.Linux.Netlink;

/// <summary>
/// The kernel's process connector: forks, execs, exits and changes of user of the whole machine, as they happen (linux/cn_proc.h). It tells nothing of a
/// process that is stopped or goes on. One reader at a time.
/// </summary>
public sealed class ProcessConnector : IDisposable
{
    private const int DatagramSocket = 2;
    private const int NonBlocking = 0x800;
    private const int NetlinkConnector = 11;
    private const int LevelSocket = 1;
    private const int ReceiveBuffer = 8;
    private const uint ProcessIndex = 1;
    private const uint ProcessValue = 1;
    private const int Listen = 1;
    private const int HeaderLength = 16;
    private const int MessageLength = 20;
    private const int EventLength = 16;

    private readonly FileDescriptor _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];

    private ProcessConnector(FileDescriptor socket) => _socket = socket;

    /// <summary>Subscribes; null with the reason where the kernel has no connector or gives it to nobody here (another network, PID or user namespace, no CAP_NET_ADMIN).</summary>
    public static ProcessConnector? TryOpen(out string reason)
    {
        var number = NetlinkCalls.Socket(
            NetlinkCalls.AddressFamilyNetlink, DatagramSocket | NetlinkCalls.SocketCloseOnExec | NonBlocking, NetlinkConnector);
        if (number < 0)
        {
            reason = "socket: " + Errno.Name(Marshal.GetLastPInvokeError());
            return null;
        }

        var socket = new FileDescriptor(number);
        var address = new NetlinkAddress { Family = NetlinkCalls.AddressFamilyNetlink, Groups = ProcessIndex };
        Span<byte> request = stackalloc byte[HeaderLength + MessageLength + sizeof(int)];
        WriteListen(request);
        if (NetlinkCalls.Bind(socket, address, Marshal.SizeOf<NetlinkAddress>()) < 0 || NetlinkCalls.Send(socket, request, request.Length, 0) < 0)
        {
            reason = "bind: " + Errno.Name(Marshal.GetLastPInvokeError());
            socket.Dispose();
            return null;
        }

        // What overflows is told (ENOBUFS) and costs a reading of everything; a megabyte holds ten thousand events.
        _ = NetlinkCalls.SetOption(socket, LevelSocket, ReceiveBuffer, 1024 * 1024, sizeof(int));
        if (!IsAccepted(socket))
        {
            reason = "no answer from the kernel (CONFIG_PROC_EVENTS)";
            socket.Dispose();
            return null;
        }

        reason = "";
        return new ProcessConnector(socket);
    }

    /// <summary>Completes when there is something to read.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => ReadinessLoop.Shared.WaitReadableAsync(_socket, cancellationToken);

    /// <summary>Reads what has come, of processes and not of threads.</summary>
    /// <returns>False where events were lost since the last call.</returns>
    /// <exception cref="NetlinkException">The socket failed.</exception>
    public bool Read(List<ProcessEvent> events)
    {
        var complete = true;
        while (true)
        {
            var count = NetlinkCalls.Receive(_socket, _buffer, _buffer.Length, 0);
            if (count < 0)
            {
                switch (Marshal.GetLastPInvokeError())
                {
                    case Errno.EINTR:
                        continue;
                    case Errno.EAGAIN:
                        return complete;
                    case Errno.ENOBUFS:
                        complete = false;
                        continue;
                    case var errno:
                        throw new NetlinkException("read process events", errno);
                }
            }

            ReadDatagram(_buffer.AsSpan(0, (int)count), events);
        }
    }

    public void Dispose() => _socket.Dispose();

    internal static void ReadDatagram(ReadOnlySpan<byte> rest, List<ProcessEvent> events)
    {
        while (rest.Length >= HeaderLength + MessageLength + EventLength + 8)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length < HeaderLength + MessageLength + EventLength + 8 || length > rest.Length)
            {
                return;
            }

            if (TryParse(rest[(HeaderLength + MessageLength)..length], out var item))
            {
                events.Add(item);
            }

            rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        }
    }

    // struct proc_event: what, cpu, timestamp (8), then per kind its PIDs, each with that of its thread group.
    private static bool TryParse(ReadOnlySpan<byte> data, out ProcessEvent item)
    {
        var kind = (ProcessEventKind)BinaryPrimitives.ReadUInt32LittleEndian(data);
        var thread = BinaryPrimitives.ReadInt32LittleEndian(data[EventLength..]);
        var process = BinaryPrimitives.ReadInt32LittleEndian(data[(EventLength + 4)..]);
        item = new ProcessEvent(kind, process);
        switch (kind)
        {
            case ProcessEventKind.Fork when data.Length >= EventLength + 16:
                var childThread = BinaryPrimitives.ReadInt32LittleEndian(data[(EventLength + 8)..]);
                var child = BinaryPrimitives.ReadInt32LittleEndian(data[(EventLength + 12)..]);
                item = item with { ChildPid = child };
                return childThread == child;
            case ProcessEventKind.Exit:
                return thread == process;
            case ProcessEventKind.Exec or ProcessEventKind.User or ProcessEventKind.Group:
                return true;
            default:
                return false;
        }
    }

    private static void WriteListen(Span<byte> request)
    {
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
        BinaryPrimitives.WriteInt16LittleEndian(request[4..], 3);
        BinaryPrimitives.WriteInt32LittleEndian(request[12..], 0);
        var message = request[HeaderLength..];
        BinaryPrimitives.WriteUInt32LittleEndian(message, ProcessIndex);
        BinaryPrimitives.WriteUInt32LittleEndian(message[4..], ProcessValue);
        BinaryPrimitives.WriteInt16LittleEndian(message[16..], sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(message[MessageLength..], Listen);
    }

    /// <summary>The kernel answers a subscription with an event of kind 0 and an errno; one that is not there answers nothing.</summary>
    private static bool IsAccepted(FileDescriptor socket)
    {
        Span<byte> answer = stackalloc byte[1024];
        for (var wait = 0; wait < 50; wait++)
        {
            var count = NetlinkCalls.Receive(socket, answer, answer.Length, 0);
            if (count >= HeaderLength + MessageLength + EventLength + 4)
            {
                var data = answer[(HeaderLength + MessageLength)..];
                if (BinaryPrimitives.ReadUInt32LittleEndian(data) == 0)
                {
                    return BinaryPrimitives.ReadInt32LittleEndian(data[EventLength..]) == 0;
                }
            }
            else if (count < 0 && Marshal.GetLastPInvokeError() is not (Errno.EAGAIN or Errno.EINTR))
            {
                return false;
            }
            else
            {
                Thread.Sleep(2);
            }
        }

        return false;
    }
}
