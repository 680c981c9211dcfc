namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>
/// "Compresses" the header blocks of one direction as stored blocks: replies carry next to nothing. The state spans
/// the connection, so blocks are made in the order in which they are sent.
/// </summary>
internal sealed class SpdyHeaderDeflater
{
    private static readonly byte[] ZlibHeader = [0x78, 0xBB, 0xE3, 0xC6, 0xA7, 0xC2];

    private bool started;

    /// <summary>Takes a block of at most 65,535 bytes. An empty stored block ends it, as zlib's sync flush does.</summary>
    public byte[] Deflate(ReadOnlySpan<byte> block)
    {
        var start = started ? 0 : ZlibHeader.Length;
        var compressed = new byte[start + (2 * SpdyStoredBlock.Overhead) + block.Length];
        if (!started)
        {
            ZlibHeader.CopyTo(compressed, 0);
            started = true;
        }

        SpdyStoredBlock.Write(block, compressed.AsSpan(start));
        SpdyStoredBlock.Write([], compressed.AsSpan(start + SpdyStoredBlock.Overhead + block.Length));
        return compressed;
    }
}
