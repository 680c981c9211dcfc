using System.Buffers.Binary;

namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>A deflate block that is not compressed (RFC 1951, 3.2.4), not the last one.</summary>
internal static class SpdyStoredBlock
{
    public const int Overhead = 5;
    public const int MaximumLength = ushort.MaxValue;

    /// <summary>Up to 65,535 bytes.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> data)
    {
        var block = new byte[Overhead + data.Length];
        Write(data, block);
        return block;
    }

    public static void Write(ReadOnlySpan<byte> data, Span<byte> block)
    {
        block[0] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(block[1..], checked((ushort)data.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(block[3..], (ushort)~data.Length);
        data.CopyTo(block[Overhead..]);
    }
}
