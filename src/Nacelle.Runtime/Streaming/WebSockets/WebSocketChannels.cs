using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Nacelle.Runtime.Streaming.WebSockets;

/// <summary>
/// The *.channel.k8s.io framing: each message's first byte names its channel. In v5 a message on channel 255 closes the
/// channel that its second byte names, which is the half-close that the versions before lack.
/// One task owns receiving; a full inbound channel stops it, which is the back-pressure towards the client.
/// </summary>
internal sealed class WebSocketChannels : IAsyncDisposable
{
    public const string Version5 = "v5.channel.k8s.io";
    public const string Version4 = "v4.channel.k8s.io";
    public const string Version1 = "channel.k8s.io";

    private const int Chunk = 32 * 1024;
    private const int InboundBuffer = 128 * 1024;
    private const byte CloseChannel = 255;

    private readonly WebSocket socket;
    private readonly bool halfClose;
    private readonly TimeSpan closeTimeout;
    private readonly ILogger logger;
    private readonly Pipe?[] inbound;
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly CancellationTokenSource lost;
    private readonly Task receiving;
    private volatile bool discarding;

    /// <summary>Starts to receive; messages on a channel not in <paramref name="inboundChannels"/> are dropped.</summary>
    public WebSocketChannels(
        WebSocket socket, string subprotocol, IReadOnlyCollection<byte> inboundChannels, StreamingOptions options, ILogger logger,
        CancellationToken connectionLost)
    {
        this.socket = socket;
        this.logger = logger;
        halfClose = subprotocol == Version5;
        closeTimeout = options.CloseTimeout;
        inbound = new Pipe?[inboundChannels.Count == 0 ? 0 : inboundChannels.Max() + 1];
        foreach (var channel in inboundChannels)
        {
            inbound[channel] = new Pipe(new PipeOptions(
                pauseWriterThreshold: InboundBuffer, resumeWriterThreshold: InboundBuffer / 2, useSynchronizationContext: false));
        }

        lost = CancellationTokenSource.CreateLinkedTokenSource(connectionLost);
        receiving = ReceiveAsync(lost.Token);
    }

    /// <summary>Completes, never faults, when the client has closed or is lost.</summary>
    public Task Gone => receiving;

    public PipeReader? Reader(byte channel) => channel < inbound.Length ? inbound[channel]?.Reader : null;

    /// <summary>Sends one message, or more for more than 32 KiB. Throws IOException when the client is gone.</summary>
    public async ValueTask SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var message = ArrayPool<byte>.Shared.Rent(1 + Math.Min(data.Length, Chunk));
        await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            message[0] = channel;
            do
            {
                var count = Math.Min(data.Length, Chunk);
                data[..count].CopyTo(message.AsMemory(1));
                data = data[count..];
                await socket.SendAsync(message.AsMemory(0, 1 + count), WebSocketMessageType.Binary, true, cancellationToken).ConfigureAwait(false);
            }
            while (data.Length > 0);
        }
        catch (Exception exception) when (exception is WebSocketException or InvalidOperationException)
        {
            throw new IOException("the WebSocket is closed", exception);
        }
        finally
        {
            sending.Release();
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    /// <summary>Sends the closing frame and waits for the client's, reading and discarding what it still sends.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        discarding = true;
        foreach (var pipe in inbound)
        {
            pipe?.Writer.CancelPendingFlush();
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(closeTimeout);
        try
        {
            await CloseOutputAsync(deadline.Token).ConfigureAwait(false);
            await receiving.WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            StreamingLog.ConnectionEnded(logger, "the client did not answer the close");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await lost.CancelAsync().ConfigureAwait(false);
        socket.Dispose();
        await receiving.ConfigureAwait(false);
        lost.Dispose();
        sending.Dispose();
    }

    private async Task CloseOutputAsync(CancellationToken cancellationToken)
    {
        await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or InvalidOperationException)
        {
            StreamingLog.ConnectionEnded(logger, exception.Message);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        // The constructor's caller is not to run the first receive.
        await Task.Yield();
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk + 1);
        try
        {
            while (await ReceiveMessageAsync(buffer, cancellationToken).ConfigureAwait(false))
            {
            }

            await CloseOutputAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException
            or ObjectDisposedException or InvalidOperationException)
        {
            StreamingLog.ConnectionEnded(logger, exception.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            foreach (var pipe in inbound)
            {
                pipe?.Writer.Complete();
            }
        }
    }

    /// <summary>Receives one message, piece by piece; false for the closing one.</summary>
    private async Task<bool> ReceiveMessageAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        int channel = -1;
        while (true)
        {
            var piece = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
            if (piece.MessageType == WebSocketMessageType.Close)
            {
                return false;
            }

            var data = buffer.AsMemory(0, piece.Count);
            if (channel < 0 && data.Length > 0)
            {
                channel = data.Span[0];
                data = data[1..];
            }

            await DeliverAsync(channel, data, cancellationToken).ConfigureAwait(false);
            if (piece.EndOfMessage)
            {
                return true;
            }
        }
    }

    private async ValueTask DeliverAsync(int channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (channel == CloseChannel && halfClose)
        {
            if (data.Length > 0 && Pipe(data.Span[0]) is { } closing)
            {
                await closing.Writer.CompleteAsync().ConfigureAwait(false);
            }
        }
        else if (!discarding && data.Length > 0 && Pipe(channel) is { } pipe)
        {
            await pipe.Writer.WriteAsync(data, cancellationToken).ConfigureAwait(false);
        }
    }

    private Pipe? Pipe(int channel) => channel >= 0 && channel < inbound.Length ? inbound[channel] : null;
}
