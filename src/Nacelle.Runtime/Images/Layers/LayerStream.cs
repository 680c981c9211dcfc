using System.IO.Compression;
using System.Security.Cryptography;

namespace Nacelle.Runtime.Images.Layers;

/// <summary>The uncompressed bytes of a layer blob, counted, bounded and hashed as they are read.</summary>
internal sealed class LayerStream : Stream
{
    private readonly Stream source;
    private readonly IncrementalHash hash;
    private readonly Digest expected;
    private readonly long limit;
    private long count;

    private LayerStream(Stream source, Digest expected, long limit)
    {
        this.source = source;
        this.expected = expected;
        this.limit = limit;
        hash = IncrementalHash.CreateHash(expected.Algorithm);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => count;
        set => throw new NotSupportedException();
    }

    /// <summary>Opens a blob by its first bytes, as media types of layers are not to be relied upon.</summary>
    /// <param name="blob">Seekable, at its start; disposed with the stream.</param>
    /// <param name="diffId">What the uncompressed bytes must hash to.</param>
    /// <param name="limit">How many there may be.</param>
    /// <exception cref="ImageException">Compressed in a way that isn't supported.</exception>
    public static LayerStream Open(Stream blob, Digest diffId, long limit)
    {
        Span<byte> magic = stackalloc byte[4];
        int read = blob.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        blob.Position = 0;
        if (read == 4 && magic.SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]))
        {
            throw new ImageException(ImageError.Unsupported, "the layer is compressed with zstd, which is not supported; gzip and none are");
        }

        bool isGzip = read >= 2 && magic[0] == 0x1F && magic[1] == 0x8B;
        return new LayerStream(isGzip ? new GZipStream(blob, CompressionMode.Decompress) : blob, diffId, limit);
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = source.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new ImageException(ImageError.Corrupt, $"the layer's compressed data is damaged: {e.Message}", e);
        }

        count += read;
        if (count > limit)
        {
            throw new ImageException(ImageError.TooLarge, $"the layer has more than {limit} bytes unpacked");
        }

        hash.AppendData(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Reads what is left and compares.</summary>
    /// <exception cref="ImageException">The content isn't what the image's configuration says.</exception>
    public void Verify(CancellationToken cancellationToken)
    {
        Span<byte> rest = stackalloc byte[4096];
        while (Read(rest) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (expected.Finish(hash) is var actual && actual != expected)
        {
            throw new ImageException(ImageError.Corrupt, $"the layer's content is {actual}, but the image's configuration says {expected}");
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
            hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
