using System.Text;
using Nacelle.Linux.Polling;

namespace Nacelle.Linux.Processes;

/// <summary>Reads a pipe to its end as text, within a bound.</summary>
public static class PipeText
{
    private const int Limit = 1 << 20;

    /// <summary>Everything up to the pipe's end (at most 1 MiB is kept), or up to the cancellation.</summary>
    public static Task<string> ReadAsync(FileDescriptor reader, CancellationToken cancellationToken) => ReadAsync(reader, untilNewline: false, cancellationToken);

    /// <summary>Up to and with the first newline, for a writer that keeps the pipe open; whatever comes before the end if there is none.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the newline.</exception>
    public static async Task<string> ReadLineAsync(FileDescriptor reader, CancellationToken cancellationToken)
    {
        var line = await ReadAsync(reader, untilNewline: true, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return line;
    }

    private static async Task<string> ReadAsync(FileDescriptor reader, bool untilNewline, CancellationToken cancellationToken)
    {
        var kept = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                await ReadinessLoop.Shared.WaitReadableAsync(reader, cancellationToken).ConfigureAwait(false);
                var count = reader.Read(buffer);
                if (count <= 0)
                {
                    break;
                }

                kept.Write(buffer, 0, (int)Math.Min(count, Limit - kept.Length));
                if (untilNewline && buffer.AsSpan(0, count).Contains((byte)'\n'))
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // What came until now is the answer.
        }

        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }
}
