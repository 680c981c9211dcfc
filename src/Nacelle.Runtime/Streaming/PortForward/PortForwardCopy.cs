using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Nacelle.Runtime.Streaming.PortForward;

/// <summary>
/// Copies both ways between a client's stream and a connection in the sandbox. The client's half-close is passed on and the
/// answer awaited as long as it takes; the sandbox's ends the whole after a moment, as then clients wait for us to close.
/// </summary>
internal static class PortForwardCopy
{
    private const int BufferSize = 32 * 1024;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(
        Stream target,
        PipeReader input,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write,
        Func<CancellationToken, ValueTask> complete,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(target, input, ended.Token);
        var receiving = ReceiveAsync(target, write, complete, ended.Token);
        try
        {
            if (await Task.WhenAny(sending, receiving).ConfigureAwait(false) == sending)
            {
                // Faults when the client reset the stream: then nobody waits for the answer.
                await sending.ConfigureAwait(false);
                await receiving.ConfigureAwait(false);
            }
            else
            {
                await receiving.ConfigureAwait(false);
                await Task.WhenAny(sending, Task.Delay(Grace, time, ended.Token)).ConfigureAwait(false);
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(sending, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task SendAsync(Stream target, PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                foreach (var segment in result.Buffer)
                {
                    await target.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (IOException)
            {
                // The sandbox's side reads no more; it may still answer, and what the client sends on is dropped.
                await input.CompleteAsync().ConfigureAwait(false);
                return;
            }

            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                HalfClose(target);
                return;
            }
        }
    }

    private static async Task ReceiveAsync(
        Stream target,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write,
        Func<CancellationToken, ValueTask> complete,
        CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            while ((count = await ReadAsync(target, buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await write(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }

            await complete(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<int> ReadAsync(Stream target, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await target.ReadAsync(buffer.AsMemory(0, BufferSize), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // Reset by the sandbox's side.
            return 0;
        }
    }

    private static void HalfClose(Stream target)
    {
        if (target is NetworkStream network)
        {
            try
            {
                network.Socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // Already disconnected: the other direction sees it too.
            }
        }
    }
}
