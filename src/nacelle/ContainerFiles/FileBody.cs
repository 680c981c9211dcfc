using System.Runtime.CompilerServices;

namespace Nacelle.ContainerFiles;

/// <summary>The content of a file as the server sends it, part by part through one buffer.</summary>
internal static class FileBody
{
    /// <exception cref="ShortFileException">It ended before its length.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Stream content, int bufferSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[bufferSize];
        long read = 0;
        while (true)
        {
            int count;
            try
            {
                count = await content.ReadAsync(buffer, cancellationToken);
            }
            catch (IOException e)
            {
                throw new ShortFileException(read, e);
            }

            if (count == 0)
            {
                yield break;
            }

            read += count;
            yield return buffer.AsMemory(0, count);
        }
    }
}
