using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>
/// Uncompresses the header blocks of one direction: one zlib stream for the whole connection, flushed after each block.
/// .NET's zlib takes no preset dictionary, so a raw inflater is given the dictionary first, as a stored block.
/// </summary>
internal sealed class SpdyHeaderInflater : IDisposable
{
    private const int MaximumBlock = 64 * 1024;
    private const int ZlibHeader = 6;

    private readonly Feed feed = new();
    private readonly DeflateStream inflater;
    private bool started;

    public SpdyHeaderInflater()
    {
        inflater = new DeflateStream(feed, CompressionMode.Decompress);
        feed.Append(SpdyStoredBlock.Wrap(SpdyDictionary.Bytes.Span));
        inflater.ReadExactly(new byte[SpdyDictionary.Bytes.Length]);
    }

    /// <summary>Throws <see cref="SpdyProtocolException"/> when the block is no continuation of the stream or above 64 KiB.</summary>
    public byte[] Inflate(ReadOnlySpan<byte> compressed)
    {
        if (!started)
        {
            compressed = SkipZlibHeader(compressed);
            started = true;
        }

        feed.Append(compressed);
        var block = new ArrayBufferWriter<byte>();
        try
        {
            int count;
            while ((count = inflater.Read(block.GetSpan(4096))) > 0)
            {
                block.Advance(count);
                if (block.WrittenCount > MaximumBlock)
                {
                    throw new SpdyProtocolException("a header block is larger than 64 KiB");
                }
            }
        }
        catch (InvalidDataException exception)
        {
            throw new SpdyProtocolException($"a header block can't be uncompressed: {exception.Message}");
        }

        return block.WrittenSpan.ToArray();
    }

    public void Dispose()
    {
        inflater.Dispose();
        feed.Dispose();
    }

    private static ReadOnlySpan<byte> SkipZlibHeader(ReadOnlySpan<byte> compressed)
    {
        var valid = compressed.Length >= ZlibHeader
            && (compressed[0] & 0x0F) == 8
            && BinaryPrimitives.ReadUInt16BigEndian(compressed) % 31 == 0
            && (compressed[1] & 0x20) != 0
            && BinaryPrimitives.ReadUInt32BigEndian(compressed[2..]) == SpdyDictionary.Adler32;
        return valid ? compressed[ZlibHeader..] : throw new SpdyProtocolException("the header blocks' zlib stream lacks SPDY's dictionary");
    }

    /// <summary>The bytes not yet taken by the inflater; at their end it reads 0, which it takes for a pause.</summary>
    private sealed class Feed : Stream
    {
        private readonly Queue<byte[]> pieces = new();
        private int offset;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (!bytes.IsEmpty)
            {
                pieces.Enqueue(bytes.ToArray());
            }
        }

        public override int Read(Span<byte> buffer)
        {
            if (!pieces.TryPeek(out var piece))
            {
                return 0;
            }

            var count = Math.Min(buffer.Length, piece.Length - offset);
            piece.AsSpan(offset, count).CopyTo(buffer);
            offset += count;
            if (offset == piece.Length)
            {
                pieces.Dequeue();
                offset = 0;
            }

            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
