using System.Buffers.Binary;

namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>A frame's first 8 bytes: for control frames version and type, for data frames the stream, then flags and length.</summary>
internal readonly record struct SpdyFrameHeader(bool IsControl, SpdyFrameType Type, uint StreamId, byte Flags, int Length)
{
    public const int Size = 8;
    public const byte Fin = 0x01;
    public const int MaximumLength = 0xFFFFFF;

    private const ushort Version = 3;

    public static SpdyFrameHeader Control(SpdyFrameType type, byte flags, int length) => new(true, type, 0, flags, length);

    public static SpdyFrameHeader Data(uint streamId, byte flags, int length) => new(false, default, streamId, flags, length);

    /// <summary>Throws <see cref="SpdyProtocolException"/> on another version's frame.</summary>
    public static SpdyFrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        var first = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var second = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var flags = (byte)(second >> 24);
        var length = (int)(second & MaximumLength);
        if (first >> 31 == 0)
        {
            return Data(first, flags, length);
        }

        var version = (first >> 16) & 0x7FFF;
        return version == Version
            ? Control((SpdyFrameType)(ushort)first, flags, length)
            : throw new SpdyProtocolException($"SPDY version {version} where 3 was expected");
    }

    public void Write(Span<byte> bytes)
    {
        var first = IsControl ? 0x8000_0000u | ((uint)Version << 16) | (ushort)Type : StreamId & 0x7FFF_FFFF;
        BinaryPrimitives.WriteUInt32BigEndian(bytes, first);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], ((uint)Flags << 24) | (uint)Length);
    }
}
