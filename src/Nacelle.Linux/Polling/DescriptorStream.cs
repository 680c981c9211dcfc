using System.Runtime.InteropServices;

namespace Nacelle.Linux.Polling;

/// <summary>
/// A pipe's end or a terminal's master as a stream that holds no thread while it waits. One reader and one writer at a time.
/// The end of a terminal (EIO) is the stream's end. Only asynchronous reads and writes wait properly.
/// </summary>
public sealed partial class DescriptorStream : Stream
{
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int NonBlocking = 0x800;

    private readonly FileDescriptor reader;
    private readonly FileDescriptor writer;

    /// <summary>Takes ownership of the descriptor and makes it non-blocking, for all who share its open file.</summary>
    /// <exception cref="LinuxException">No descriptors left.</exception>
    public DescriptorStream(FileDescriptor descriptor, FileAccess access)
    {
        LinuxException.Check(fcntl(descriptor, SetFlags, LinuxException.Check(fcntl(descriptor, GetFlags, 0), "fcntl") | NonBlocking), "fcntl");
        CanRead = access.HasFlag(FileAccess.Read);
        CanWrite = access.HasFlag(FileAccess.Write);
        reader = descriptor;

        // The loop takes one waiter a descriptor: with both directions, each has its own.
        writer = access == FileAccess.ReadWrite ? descriptor.Duplicate() : descriptor;
    }

    public override bool CanRead { get; }

    public override bool CanWrite { get; }

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The descriptor, for calls such as the terminal's size; valid while the stream is open.</summary>
    public FileDescriptor Descriptor => reader;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var count = reader.Read(buffer.Span);
                if (count >= 0)
                {
                    return count;
                }
            }
            catch (LinuxException failure) when (failure.Errno == Errno.EIO)
            {
                return 0;
            }

            await ReadinessLoop.Shared.WaitReadableAsync(reader, cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var count = writer.TryWrite(buffer.Span);
            if (count < 0)
            {
                await ReadinessLoop.Shared.WaitWritableAsync(writer, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                buffer = buffer[count..];
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
        // Nothing is buffered here.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            reader.Dispose();
            writer.Dispose();
        }

        base.Dispose(disposing);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(FileDescriptor descriptor, int command, int argument);
}
