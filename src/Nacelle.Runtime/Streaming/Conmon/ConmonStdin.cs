using System.Net.Sockets;

namespace Nacelle.Runtime.Streaming.Conmon;

/// <summary>The attach socket as the container's standard input: disposing it says end of file, and conmon decides what that means.</summary>
internal sealed class ConmonStdin(Socket socket) : Stream
{
    // conmon reads into a buffer of 32 KiB, and of a larger packet the rest would be lost.
    private const int LargestPacket = 8 * 1024;

    private bool ended;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !ended;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (buffer.Length > 0)
            {
                var packet = buffer[..Math.Min(buffer.Length, LargestPacket)];
                await socket.SendAsync(packet, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                buffer = buffer[packet.Length..];
            }
        }
        catch (SocketException exception)
        {
            throw new IOException("the container takes no more input", exception);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !ended)
        {
            ended = true;
            try
            {
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // conmon hung up first.
            }
        }

        base.Dispose(disposing);
    }
}
