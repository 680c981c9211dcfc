using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Nacelle.Runtime.Streaming.RemoteCommand;

/// <summary>Reads the resize stream: JSON objects one after the other, cut anywhere by the transport.</summary>
internal static class TerminalSizes
{
    private const int MaximumMessage = 4096;

    /// <summary>Yields each size with both numbers above 0; ends with the stream, or at the first thing that is not such JSON.</summary>
    public static async IAsyncEnumerable<TerminalSize> ReadAllAsync(
        PipeReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            while (TryTake(ref buffer, result.IsCompleted, out var message, out var broken))
            {
                if (message is { Width: > 0, Height: > 0 })
                {
                    yield return new TerminalSize(message.Width, message.Height);
                }
                else if (broken)
                {
                    yield break;
                }
            }

            if (result.IsCompleted || result.IsCanceled || buffer.Length > MaximumMessage)
            {
                yield break;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, bool last, out TerminalSizeMessage? message, out bool broken)
    {
        message = null;
        broken = false;
        var reader = new Utf8JsonReader(buffer, last, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out var document))
            {
                return false;
            }

            using (document)
            {
                message = document.Deserialize(RemoteCommandJsonContext.Default.TerminalSizeMessage);
            }

            buffer = buffer.Slice(reader.BytesConsumed);
            return true;
        }
        catch (JsonException)
        {
            broken = !IsBlank(buffer);
            return broken;
        }
    }

    private static bool IsBlank(ReadOnlySequence<byte> buffer)
    {
        foreach (var segment in buffer)
        {
            if (segment.Span.ContainsAnyExcept(" \t\r\n"u8))
            {
                return false;
            }
        }

        return true;
    }
}
