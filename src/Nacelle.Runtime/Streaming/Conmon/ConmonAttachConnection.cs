using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Nacelle.Runtime.Streaming.Conmon;

/// <summary>
/// One connection to conmon's attach socket. Output comes in packets of a type byte (2 stdout, 3 stderr) and up to 8 KiB; input
/// goes raw. conmon writes to its clients one after the other and waits for each: whoever stops reading here stops the container's
/// output, log included, once the buffer below is full.
/// </summary>
internal sealed class ConmonAttachConnection : IAsyncDisposable
{
    private const int LargestPacket = 32 * 1024;
    private const int Buffer = 1024 * 1024;
    private const byte StdoutPacket = 2;
    private const byte StderrPacket = 3;

    private readonly Socket socket;
    private readonly Pipe? stdout;
    private readonly Pipe? stderr;
    private readonly CancellationTokenSource closing = new();
    private readonly Task receiving;

    public ConmonAttachConnection(Socket socket, ConmonAttachStreams streams)
    {
        this.socket = socket;
        stdout = streams.Stdout ? NewPipe() : null;
        stderr = streams is { Stderr: true, Tty: false } ? NewPipe() : null;
        Stdin = streams.Stdin ? new ConmonStdin(socket) : null;
        Stdout = stdout?.Reader.AsStream();
        Stderr = stderr?.Reader.AsStream();
        receiving = ReceiveAsync(closing.Token);
    }

    public Stream? Stdin { get; }

    public Stream? Stdout { get; }

    public Stream? Stderr { get; }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        socket.Dispose();
        await receiving.ConfigureAwait(false);
        closing.Dispose();
    }

    private static Pipe NewPipe() =>
        new(new PipeOptions(pauseWriterThreshold: Buffer, resumeWriterThreshold: Buffer / 2, useSynchronizationContext: false));

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var packet = ArrayPool<byte>.Shared.Rent(LargestPacket);
        try
        {
            int count;
            while ((count = await socket.ReceiveAsync(packet.AsMemory(), SocketFlags.None, cancellationToken).ConfigureAwait(false)) > 0)
            {
                var target = packet[0] switch { StdoutPacket => stdout, StderrPacket => stderr, _ => null };
                if (target is not null)
                {
                    await target.Writer.WriteAsync(packet.AsMemory(1, count - 1), cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // conmon is gone, or this side detached: either way there is no more output.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packet);
            stdout?.Writer.Complete();
            stderr?.Writer.Complete();
        }
    }
}
