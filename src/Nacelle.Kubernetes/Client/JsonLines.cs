using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Nacelle.Kubernetes.Client;

/// <summary>Splits a stream of JSON documents, one a line, as watches send them.</summary>
internal static class JsonLines
{
    /// <summary>A line is valid until the next is asked for. A last line without an end is dropped: it was cut off.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var buffer = result.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = buffer.Slice(0, end);
                    if (!line.IsEmpty)
                    {
                        yield return line.IsSingleSegment ? line.First : line.ToArray();
                    }

                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }
}
