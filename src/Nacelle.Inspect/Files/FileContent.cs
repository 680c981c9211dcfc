using System.Buffers;

using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.Inspect.Files;

/// <summary>A regular file that is open for reading. It may be written, truncated or removed at any moment.</summary>
public sealed class FileContent : IDisposable
{
    private const int BufferSize = 128 * 1024;

    private readonly FileDescriptor file;
    private readonly string shown;

    internal FileContent(FileDescriptor file, string shown)
    {
        (this.file, this.shown) = (file, shown);
        Size = FileFacts.TryRead(file, default)?.Status.Size ?? 0;
    }

    /// <summary>Bytes when it was opened: what is added later is not read, so reading a log that grows ends.</summary>
    public long Size { get; }

    /// <summary>Copies a part of the file through one buffer.</summary>
    /// <param name="offset">Bytes from its start.</param>
    /// <param name="length">Bytes at most.</param>
    /// <returns>How many were copied; fewer than <paramref name="length"/> when the file has become shorter.</returns>
    /// <exception cref="FileRefusedException">The file can't be read on (EIO).</exception>
    public async Task<long> CopyToAsync(Stream destination, long offset, long length, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long copied = 0;
            while (copied < length)
            {
                var count = Read(buffer.AsSpan(0, (int)Math.Min(BufferSize, length - copied)), offset + copied);
                if (count == 0)
                {
                    break;
                }

                await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                copied += count;
            }

            return copied;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => file.Dispose();

    private int Read(Span<byte> buffer, long offset)
    {
        try
        {
            return file.ReadAt(buffer, offset);
        }
        catch (LinuxException e)
        {
            throw new FileRefusedException(FileRefusal.Failed, $"{shown}: can't be read on: {Errno.Name(e.Errno)}", e);
        }
    }
}
