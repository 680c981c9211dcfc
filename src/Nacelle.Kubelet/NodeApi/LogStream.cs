using System.Buffers;

namespace Nacelle.Kubelet.NodeApi;

/// <summary>
/// Copies a container log to a client: cuts CRI's prefix off each line, joins partial lines, and, when following, waits for more until
/// the container has ended. A log that was rotated (renamed, a new file in its place) is read to its end and then the new file.
/// </summary>
internal sealed class LogStream(string path, LogOptions options, Func<CancellationToken, ValueTask<bool>> isRunning, TimeProvider time)
{
    private const int BufferSize = 64 * 1024;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StateCheck = TimeSpan.FromMilliseconds(500);

    private readonly ArrayBufferWriter<byte> _out = new(BufferSize);
    private long _left = options.LimitBytes ?? long.MaxValue;
    private bool _inLine;

    /// <exception cref="FileNotFoundException">There is no log.</exception>
    public async Task CopyToAsync(Stream output, CancellationToken cancellationToken)
    {
        var file = Open();
        try
        {
            file.Seek(options.TailLines is { } tail ? LogTail.FindStart(file, tail) : 0, SeekOrigin.Begin);
            var pending = new byte[BufferSize];
            var length = 0;
            var running = true;
            var checkedAt = 0L;
            while (_left > 0)
            {
                if (length == pending.Length)
                {
                    Array.Resize(ref pending, pending.Length * 2);
                }

                var read = await file.ReadAsync(pending.AsMemory(length), cancellationToken).ConfigureAwait(false);
                length += read;
                length = Consume(pending, length);
                await FlushAsync(output, cancellationToken).ConfigureAwait(false);
                if (read > 0)
                {
                    continue;
                }

                if (Rotated(file))
                {
                    await file.DisposeAsync().ConfigureAwait(false);
                    file = Open();
                    length = 0;
                    continue;
                }

                if (!options.Follow || !running)
                {
                    return;
                }

                if (checkedAt == 0 || time.GetElapsedTime(checkedAt) > StateCheck)
                {
                    // Asked before the last read of the file: what is written before the end is never lost.
                    running = await isRunning(cancellationToken).ConfigureAwait(false);
                    checkedAt = time.GetTimestamp();
                }

                if (running)
                {
                    await Task.Delay(Poll, time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private FileStream Open() => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        Options = FileOptions.Asynchronous,
    });

    /// <summary>The path now leads to a shorter file than what was read: a new one took its place.</summary>
    private bool Rotated(FileStream file)
    {
        var present = new FileInfo(path);
        return present.Exists && present.Length < file.Position;
    }

    /// <summary>Handles the complete lines of the buffer, and moves the rest to its start.</summary>
    private int Consume(byte[] buffer, int length)
    {
        var start = 0;
        while (_left > 0)
        {
            var end = buffer.AsSpan(start, length - start).IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            if (CriLogLine.TryParse(buffer.AsMemory(start, end), out var line))
            {
                Append(line);
            }

            start += end + 1;
        }

        buffer.AsSpan(start, length - start).CopyTo(buffer);
        return length - start;
    }

    private void Append(CriLogLine line)
    {
        if ((options.Stderr is { } wanted && wanted != line.Stderr) || (options.Since is { } since && line.Time < since))
        {
            return;
        }

        if (options.Timestamps && !_inLine)
        {
            WriteTimestamp(line.Timestamp.Span);
        }

        Write(line.Content.Span);
        _inLine = line.Partial;
        if (!line.Partial)
        {
            Write("\n"u8);
        }
    }

    /// <summary>Kubernetes prints UTC as <c>Z</c>; conmon writes it as an offset.</summary>
    private void WriteTimestamp(ReadOnlySpan<byte> timestamp)
    {
        var utc = "+00:00"u8;
        Write(timestamp.EndsWith(utc) ? timestamp[..^utc.Length] : timestamp);
        Write(timestamp.EndsWith(utc) ? "Z "u8 : " "u8);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        var part = bytes.Length <= _left ? bytes : bytes[..(int)_left];
        _out.Write(part);
        _left -= part.Length;
    }

    private async Task FlushAsync(Stream output, CancellationToken cancellationToken)
    {
        if (_out.WrittenCount > 0)
        {
            await output.WriteAsync(_out.WrittenMemory, cancellationToken).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            _out.ResetWrittenCount();
        }
    }
}
