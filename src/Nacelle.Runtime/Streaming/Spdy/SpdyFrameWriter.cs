using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;

namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>
/// Writes frames, one at a time and each with one write, as under a WebSocket each write is a message. Throws IOException when the peer is gone.
/// </summary>
internal sealed class SpdyFrameWriter(Stream transport) : IDisposable
{
    private const int Chunk = 32 * 1024;

    private readonly SpdyHeaderDeflater deflater = new();
    private readonly SemaphoreSlim writing = new(1, 1);

    /// <summary>Sends data in frames of at most 32 KiB, so that streams take turns; the last one ends the stream if <paramref name="fin"/>.</summary>
    public async ValueTask SendDataAsync(uint streamId, ReadOnlyMemory<byte> data, bool fin, CancellationToken cancellationToken)
    {
        do
        {
            var count = Math.Min(data.Length, Chunk);
            var last = fin && count == data.Length;
            var header = SpdyFrameHeader.Data(streamId, last ? SpdyFrameHeader.Fin : (byte)0, count);
            await SendAsync(header, data[..count], cancellationToken).ConfigureAwait(false);
            data = data[count..];
        }
        while (data.Length > 0);
    }

    /// <summary>Sends a control frame of one or two numbers.</summary>
    public ValueTask SendControlAsync(SpdyFrameType type, uint first, uint? second, CancellationToken cancellationToken)
    {
        var payload = new byte[second is null ? 4 : 8];
        BinaryPrimitives.WriteUInt32BigEndian(payload, first);
        if (second is { } number)
        {
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(4), number);
        }

        return SendAsync(SpdyFrameHeader.Control(type, 0, payload.Length), payload, cancellationToken);
    }

    /// <summary>Sends SYN_REPLY without headers. The headers' compression spans the connection, so it is done under the lock.</summary>
    public async ValueTask SendReplyAsync(uint streamId, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var headers = deflater.Deflate(SpdyHeaders.Encode(new Dictionary<string, string>()));
            var payload = new byte[4 + headers.Length];
            BinaryPrimitives.WriteUInt32BigEndian(payload, streamId);
            headers.CopyTo(payload, 4);
            await WriteAsync(SpdyFrameHeader.Control(SpdyFrameType.SynReply, 0, payload.Length), payload, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }

    public void Dispose() => writing.Dispose();

    private async ValueTask SendAsync(SpdyFrameHeader header, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAsync(header, payload, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }

    private async ValueTask WriteAsync(SpdyFrameHeader header, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var length = SpdyFrameHeader.Size + payload.Length;
        var frame = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            header.Write(frame);
            payload.CopyTo(frame.AsMemory(SpdyFrameHeader.Size));
            await transport.WriteAsync(frame.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            await transport.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or InvalidOperationException)
        {
            throw new IOException("the connection is closed", exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
