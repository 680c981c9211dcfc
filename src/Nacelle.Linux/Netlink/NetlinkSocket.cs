using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Nacelle.Linux.Netlink;

/// <summary>
/// One NETLINK_ROUTE socket: sends a request and reads its answers. It belongs to the network namespace of the thread that opened it,
/// whichever thread uses it later. Not for use by two threads at a time.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    private const ushort MessageError = 2;
    private const ushort MessageDone = 3;
    private const ushort FlagAckAttributes = 0x200;
    private readonly FileDescriptor _socket;
    private readonly byte[] _buffer = new byte[32 * 1024];
    private uint _sequence;

    public NetlinkSocket()
    {
        var descriptor = NetlinkCalls.Socket(
            NetlinkCalls.AddressFamilyNetlink, NetlinkCalls.SocketRaw | NetlinkCalls.SocketCloseOnExec, NetlinkCalls.NetlinkRoute);
        if (descriptor < 0)
        {
            throw new NetlinkException("open socket", Marshal.GetLastPInvokeError());
        }

        _socket = new FileDescriptor(descriptor);
        // Both are comfort: the kernel's sentence with an error, and no echo of the request.
        _ = NetlinkCalls.SetOption(_socket, NetlinkCalls.LevelNetlink, NetlinkCalls.OptionExtAck, 1, sizeof(int));
        _ = NetlinkCalls.SetOption(_socket, NetlinkCalls.LevelNetlink, NetlinkCalls.OptionCapAck, 1, sizeof(int));
    }

    /// <summary>Called with the type and the payload (after the netlink header) of each answer message.</summary>
    public delegate void AnswerReader(ushort type, ReadOnlySpan<byte> payload);

    /// <summary>Sends the request and reads until its acknowledgement or the end of the dump.</summary>
    /// <exception cref="NetlinkException">The kernel refused it; the message begins with <paramref name="operation"/>.</exception>
    public void Execute(string operation, NetlinkRequest request, AnswerReader? read = null)
    {
        var sequence = ++_sequence;
        var bytes = request.Finish(sequence);
        while (NetlinkCalls.Send(_socket, bytes, bytes.Length, 0) < 0)
        {
            ThrowUnlessInterrupted(operation);
        }

        while (ReadDatagram(operation, sequence, read))
        {
        }
    }

    public void Dispose() => _socket.Dispose();

    // True while more is to come.
    private bool ReadDatagram(string operation, uint sequence, AnswerReader? read)
    {
        nint count;
        while ((count = NetlinkCalls.Receive(_socket, _buffer, _buffer.Length, 0)) < 0)
        {
            ThrowUnlessInterrupted(operation);
        }

        var more = true;
        var rest = _buffer.AsSpan(0, (int)count);
        while (rest.Length >= 16)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]);
            var flags = BinaryPrimitives.ReadUInt16LittleEndian(rest[6..]);
            var ours = BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]) == sequence;
            if (ours)
            {
                more = ReadMessage(operation, type, flags, rest[16..length], read);
            }

            rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        }

        return more;
    }

    private static bool ReadMessage(string operation, ushort type, ushort flags, ReadOnlySpan<byte> payload, AnswerReader? read)
    {
        switch (type)
        {
            case MessageDone:
                return false;
            case MessageError:
                var error = -BinaryPrimitives.ReadInt32LittleEndian(payload);
                return error == 0 ? false : throw new NetlinkException(operation, error, Sentence(payload, flags));
            default:
                read?.Invoke(type, payload);
                // Every request asks for an acknowledgement; a dump ends with DONE instead.
                return true;
        }
    }

    // NLMSGERR_ATTR_MSG (1) after the error number and the header of the request.
    private static string? Sentence(ReadOnlySpan<byte> payload, ushort flags)
    {
        if ((flags & FlagAckAttributes) == 0 || payload.Length <= 20)
        {
            return null;
        }

        foreach (var attribute in NetlinkAttributes.Of(payload[20..]))
        {
            if (attribute.Type == 1)
            {
                return Encoding.UTF8.GetString(attribute.Value).TrimEnd('\0');
            }
        }

        return null;
    }

    private static void ThrowUnlessInterrupted(string operation)
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.EINTR)
        {
            throw new NetlinkException(operation, errno);
        }
    }
}
