using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Nacelle.Runtime.Streaming.RemoteCommand;

/// <summary>Copies one output of the container to the client, as fast as the client reads.</summary>
internal static class RemoteCommandOutput
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Returns at the output's end. Throws <see cref="ClientGoneException"/> when it can't be delivered.</summary>
    public static async Task CopyAsync(
        Stream? source, IRemoteCommandClient client, RemoteCommandChannel channel, ILogger logger, CancellationToken cancellationToken)
    {
        if (source is null)
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            while ((count = await ReadAsync(source, buffer, logger, cancellationToken).ConfigureAwait(false)) > 0)
            {
                try
                {
                    await client.WriteAsync(channel, buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is IOException or ObjectDisposedException)
                {
                    throw new ClientGoneException(exception);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> ReadAsync(Stream source, byte[] buffer, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(buffer.AsMemory(0, BufferSize), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            // A terminal whose last holder is gone reads as EIO.
            StreamingLog.OutputEnded(logger, exception.Message);
            return 0;
        }
    }
}
