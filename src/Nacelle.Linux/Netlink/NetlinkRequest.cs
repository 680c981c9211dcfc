using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Nacelle.Linux.Netlink;

/// <summary>One netlink message while it is being written: header, fixed part, attributes (netlink(7), rtnetlink(7)).</summary>
internal sealed class NetlinkRequest
{
    private const int HeaderLength = 16;
    private const ushort Nested = 0x8000;
    private byte[] _buffer = new byte[256];
    private int _length = HeaderLength;

    public NetlinkRequest(ushort type, ushort flags)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(6), flags);
    }

    /// <summary>Appends the fixed part of a message (ifinfomsg and its like).</summary>
    public NetlinkRequest Fixed<T>(T value) where T : unmanaged
    {
        MemoryMarshal.Write(Extend(Align(Marshal.SizeOf<T>())), in value);
        return this;
    }

    public NetlinkRequest Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var place = Extend(Align(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(place[2..], type);
        value.CopyTo(place[4..]);
        return this;
    }

    public NetlinkRequest Attribute(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Attribute(type, bytes);
    }

    public NetlinkRequest Attribute(ushort type, string value) => Attribute(type, Encoding.UTF8.GetBytes(value + '\0'));

    /// <summary>Starts a nested attribute; <see cref="EndNest"/> takes the returned position.</summary>
    public int BeginNest(ushort type)
    {
        var start = _length;
        Attribute((ushort)(type | Nested), ReadOnlySpan<byte>.Empty);
        return start;
    }

    public void EndNest(int start) =>
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(start), (ushort)(_length - start));

    /// <summary>The finished message under this sequence number.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, (uint)_length);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(8), sequence);
        return _buffer.AsSpan(0, _length);
    }

    private Span<byte> Extend(int count)
    {
        if (_length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        var place = _buffer.AsSpan(_length, count);
        _length += count;
        return place;
    }

    private static int Align(int length) => (length + 3) & ~3;
}
