using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>A header block, uncompressed: a count, then name and value, each after its 32-bit length. Names are lower case.</summary>
internal static class SpdyHeaders
{
    /// <summary>Throws <see cref="SpdyProtocolException"/> when the block contradicts itself. Of a name given twice the last value counts.</summary>
    public static IReadOnlyDictionary<string, string> Decode(ReadOnlySpan<byte> block)
    {
        var count = TakeNumber(ref block);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < count; index++)
        {
            var name = TakeText(ref block);
            headers[name] = TakeText(ref block);
        }

        return headers;
    }

    public static byte[] Encode(IReadOnlyDictionary<string, string> headers)
    {
        var block = new ArrayBufferWriter<byte>();
        PutNumber(block, headers.Count);
        foreach (var (name, value) in headers)
        {
            PutText(block, name.ToLowerInvariant());
            PutText(block, value);
        }

        return block.WrittenSpan.ToArray();
    }

    private static int TakeNumber(ref ReadOnlySpan<byte> block)
    {
        if (block.Length < 4 || BinaryPrimitives.ReadInt32BigEndian(block) is var number && (number < 0 || number > block.Length))
        {
            throw new SpdyProtocolException("a header block is cut short");
        }

        block = block[4..];
        return number;
    }

    private static string TakeText(ref ReadOnlySpan<byte> block)
    {
        var length = TakeNumber(ref block);
        if (length > block.Length)
        {
            throw new SpdyProtocolException("a header block is cut short");
        }

        var text = Encoding.UTF8.GetString(block[..length]);
        block = block[length..];
        return text;
    }

    private static void PutNumber(ArrayBufferWriter<byte> block, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(block.GetSpan(4), number);
        block.Advance(4);
    }

    private static void PutText(ArrayBufferWriter<byte> block, string text)
    {
        PutNumber(block, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, block);
    }
}
