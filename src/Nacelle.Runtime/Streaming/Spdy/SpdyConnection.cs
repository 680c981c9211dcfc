using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>
/// The server's end of a SPDY/3.1 connection over any stream. One task reads frames; a stream whose reader is behind
/// stops it. Flow-control windows are not used: the peers there are (moby/spdystream: kubectl, crictl) neither keep
/// nor announce them, and would stall after 64 KiB if they were kept here.
/// </summary>
internal sealed class SpdyConnection : IAsyncDisposable
{
    private const int ReadBuffer = 32 * 1024;
    private const int MaximumControlFrame = 64 * 1024;
    private const uint Cancelled = 5;
    private const uint RefusedStream = 3;

    private readonly Stream transport;
    private readonly PipeReader reader;
    private readonly SpdyFrameWriter writer;
    private readonly ILogger logger;
    private readonly TimeSpan closeTimeout;
    private readonly SpdyHeaderInflater inflater = new();
    private readonly ConcurrentDictionary<uint, SpdyStream> streams = new();
    private readonly Channel<SpdyStream> accepted = Channel.CreateUnbounded<SpdyStream>();
    private readonly CancellationTokenSource lost;
    private readonly Task reading;
    private uint lastStreamId;
    private volatile bool discarding;

    public SpdyConnection(Stream transport, StreamingOptions options, ILogger logger, CancellationToken connectionLost)
    {
        this.transport = transport;
        this.logger = logger;
        closeTimeout = options.CloseTimeout;
        reader = PipeReader.Create(transport, new StreamPipeReaderOptions(bufferSize: ReadBuffer, minimumReadSize: 1, leaveOpen: true));
        writer = new SpdyFrameWriter(transport);
        lost = CancellationTokenSource.CreateLinkedTokenSource(connectionLost);
        reading = ReadAsync(lost.Token);
    }

    /// <summary>Completes, never faults, when the peer has hung up or is lost.</summary>
    public Task Gone => reading;

    /// <summary>The streams that the peer opens, already replied to; ends with the connection.</summary>
    public ChannelReader<SpdyStream> Accepted => accepted.Reader;

    /// <summary>Says GOAWAY and waits, for a bounded time, until the peer hangs up; what it still sends is discarded.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        discarding = true;
        foreach (var stream in streams.Values)
        {
            stream.Inbound.CancelPendingFlush();
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(closeTimeout);
        try
        {
            await writer.SendControlAsync(SpdyFrameType.GoAway, lastStreamId, 0, deadline.Token).ConfigureAwait(false);
            await reading.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            StreamingLog.ConnectionEnded(logger, exception.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await lost.CancelAsync().ConfigureAwait(false);
        await transport.DisposeAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        inflater.Dispose();
        lost.Dispose();
        writer.Dispose();
    }

    internal ValueTask SendDataAsync(uint streamId, ReadOnlyMemory<byte> data, bool fin, CancellationToken cancellationToken) =>
        writer.SendDataAsync(streamId, data, fin, cancellationToken);

    /// <summary>Both directions of the stream have ended.</summary>
    internal void Forget(uint streamId) => streams.TryRemove(streamId, out _);

    internal ValueTask ResetAsync(SpdyStream stream, CancellationToken cancellationToken)
    {
        if (!streams.TryRemove(stream.Id, out _))
        {
            return ValueTask.CompletedTask;
        }

        stream.Inbound.CancelPendingFlush();
        return writer.SendControlAsync(SpdyFrameType.RstStream, stream.Id, Cancelled, cancellationToken);
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        // The constructor's caller is not to run the first read.
        await Task.Yield();
        Exception reason = new IOException("the client is gone");
        try
        {
            while (await ReadFrameAsync(cancellationToken).ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException
            or InvalidOperationException or System.Net.WebSockets.WebSocketException)
        {
            StreamingLog.ConnectionEnded(logger, exception.Message);
            reason = exception as IOException ?? reason;
        }
        finally
        {
            accepted.Writer.TryComplete();
            foreach (var stream in streams.Values)
            {
                stream.Abort(reason);
            }

            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> ReadFrameAsync(CancellationToken cancellationToken)
    {
        if (await TakeAsync(SpdyFrameHeader.Size, cancellationToken).ConfigureAwait(false) is not { } bytes)
        {
            return false;
        }

        var header = SpdyFrameHeader.Read(bytes);
        if (!header.IsControl)
        {
            await ReadDataAsync(header, cancellationToken).ConfigureAwait(false);
            return true;
        }

        if (header.Length > MaximumControlFrame)
        {
            throw new SpdyProtocolException($"a control frame of {header.Length} bytes");
        }

        var payload = await TakeAsync(header.Length, cancellationToken).ConfigureAwait(false)
            ?? throw new SpdyProtocolException("a frame is cut short");
        await HandleAsync(header, payload, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async ValueTask HandleAsync(SpdyFrameHeader header, byte[] payload, CancellationToken cancellationToken)
    {
        switch (header.Type)
        {
            case SpdyFrameType.SynStream:
                await AcceptAsync(header, payload, cancellationToken).ConfigureAwait(false);
                break;
            case SpdyFrameType.RstStream when payload.Length >= 8:
                if (streams.TryRemove(Number(payload), out var stream))
                {
                    stream.Abort(new IOException("the client reset the stream"));
                }

                break;
            case SpdyFrameType.Ping when payload.Length >= 4 && (Number(payload) & 1) == 1:
                await writer.SendControlAsync(SpdyFrameType.Ping, Number(payload), null, cancellationToken).ConfigureAwait(false);
                break;
            case SpdyFrameType.Headers when payload.Length > 4:
                // Nobody sends these; they still move the compression's state.
                inflater.Inflate(payload.AsSpan(4));
                break;
            default:
                // SETTINGS and WINDOW_UPDATE say nothing that is used; after GOAWAY the peer hangs up by itself.
                break;
        }
    }

    /// <summary>SYN_STREAM: id, associated id, priority and slot, then the headers.</summary>
    private async ValueTask AcceptAsync(SpdyFrameHeader header, byte[] payload, CancellationToken cancellationToken)
    {
        const int Fixed = 10;
        if (payload.Length < Fixed)
        {
            throw new SpdyProtocolException("a SYN_STREAM is cut short");
        }

        var id = Number(payload);
        var headers = SpdyHeaders.Decode(inflater.Inflate(payload.AsSpan(Fixed)));
        if ((id & 1) == 0 || id <= lastStreamId)
        {
            await writer.SendControlAsync(SpdyFrameType.RstStream, id, RefusedStream, cancellationToken).ConfigureAwait(false);
            return;
        }

        lastStreamId = id;
        var stream = new SpdyStream(this, id, headers);
        streams[id] = stream;
        if ((header.Flags & SpdyFrameHeader.Fin) != 0)
        {
            stream.EndInbound();
        }

        await writer.SendReplyAsync(id, cancellationToken).ConfigureAwait(false);
        accepted.Writer.TryWrite(stream);
    }

    private async ValueTask ReadDataAsync(SpdyFrameHeader header, CancellationToken cancellationToken)
    {
        streams.TryGetValue(header.StreamId, out var stream);
        long left = header.Length;
        while (left > 0)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.Buffer.IsEmpty && result.IsCompleted)
            {
                throw new SpdyProtocolException("a frame is cut short");
            }

            var data = result.Buffer.Slice(0, Math.Min(left, result.Buffer.Length));
            left -= data.Length;
            if (stream is not null && !discarding)
            {
                foreach (var segment in data)
                {
                    stream.Inbound.Write(segment.Span);
                }

                await stream.Inbound.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            reader.AdvanceTo(data.End);
        }

        if (stream is not null && (header.Flags & SpdyFrameHeader.Fin) != 0)
        {
            stream.EndInbound();
        }
    }

    /// <summary>Exactly so many bytes; null when the peer ended before the first.</summary>
    private async ValueTask<byte[]?> TakeAsync(int count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return [];
        }

        var result = await reader.ReadAtLeastAsync(count, cancellationToken).ConfigureAwait(false);
        if (result.Buffer.Length < count)
        {
            return result.Buffer.IsEmpty ? null : throw new SpdyProtocolException("a frame is cut short");
        }

        var taken = result.Buffer.Slice(0, count);
        var bytes = taken.ToArray();
        reader.AdvanceTo(taken.End);
        return bytes;
    }

    private static uint Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0x7FFF_FFFF;
}
