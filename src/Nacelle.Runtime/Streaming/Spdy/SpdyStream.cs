using System.IO.Pipelines;

namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>One stream of a connection. Both directions end on their own; a reset ends both at once.</summary>
internal sealed class SpdyStream
{
    private const int InboundBuffer = 256 * 1024;
    private const int Outbound = 1;
    private const int InboundEnd = 2;

    private readonly SpdyConnection connection;
    private readonly Pipe inbound = new(new PipeOptions(
        pauseWriterThreshold: InboundBuffer, resumeWriterThreshold: InboundBuffer / 2, useSynchronizationContext: false));

    private int ended;

    internal SpdyStream(SpdyConnection connection, uint id, IReadOnlyDictionary<string, string> headers)
    {
        this.connection = connection;
        Id = id;
        Headers = headers;
    }

    public uint Id { get; }

    /// <summary>Names in any case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>What the peer sends; completes with its half-close, with an IOException when it resets the stream or is lost.
    /// Completed by the reader, it discards what still comes.</summary>
    public PipeReader Input => inbound.Reader;

    internal PipeWriter Inbound => inbound.Writer;

    /// <summary>Sends data; waits while the peer does not read. Throws IOException when it is gone or this direction has ended.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        (Volatile.Read(ref ended) & Outbound) != 0
            ? ValueTask.FromException(new IOException("the stream has ended"))
            : connection.SendDataAsync(Id, data, false, cancellationToken);

    /// <summary>Half-closes: the peer reads end of file. Once is enough.</summary>
    public ValueTask CompleteAsync(CancellationToken cancellationToken) =>
        End(Outbound) ? connection.SendDataAsync(Id, ReadOnlyMemory<byte>.Empty, true, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Ends both directions at once.</summary>
    public ValueTask ResetAsync(CancellationToken cancellationToken)
    {
        Interlocked.Or(ref ended, Outbound);
        return connection.ResetAsync(this, cancellationToken);
    }

    /// <summary>The peer half-closed.</summary>
    internal void EndInbound()
    {
        End(InboundEnd);
        inbound.Writer.Complete();
    }

    /// <summary>The peer reset the stream, or the connection is lost.</summary>
    internal void Abort(Exception reason)
    {
        Interlocked.Or(ref ended, Outbound);
        inbound.Writer.Complete(reason);
    }

    /// <summary>False when that direction had ended before.</summary>
    private bool End(int direction)
    {
        var before = Interlocked.Or(ref ended, direction);
        if ((before | direction) == (Outbound | InboundEnd))
        {
            connection.Forget(Id);
        }

        return (before & direction) == 0;
    }
}
