using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Logging;
using Nacelle.Runtime.Streaming.WebSockets;

namespace Nacelle.Runtime.Streaming.PortForward;

/// <summary>
/// Port-forward as client libraries do it without SPDY: the request names the ports, and of a WebSocket's channels 2n carries the data and
/// 2n+1 the errors of port n. Each channel first carries its port, two bytes, least first. One connection a port; it can't be half-closed.
/// </summary>
internal sealed class PortForwardChannels(
    WebSocketChannels channels, string sandboxId, IReadOnlyList<int> ports, StreamingHandlers handlers, TimeProvider time, ILogger logger)
{
    /// <summary>More would not fit the byte that numbers channels.</summary>
    public const int MaximumPorts = 127;

    /// <summary>The channels that the client may write to.</summary>
    public static byte[] Inbound(int ports) => [.. Enumerable.Range(0, ports).Select(index => (byte)(2 * index))];

    /// <summary>Runs until every connection has ended or the client has left. Throws only when cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var forwards = Task.WhenAll(ports.Select((_, index) => ForwardAsync(index, ended.Token)));
        await Task.WhenAny(forwards, channels.Gone).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await forwards.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await channels.CloseAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ForwardAsync(int index, CancellationToken cancellationToken)
    {
        var data = (byte)(2 * index);
        var error = (byte)(data + 1);
        try
        {
            var port = new byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(port, (ushort)ports[index]);
            await channels.SendAsync(data, port, cancellationToken).ConfigureAwait(false);
            await channels.SendAsync(error, port, cancellationToken).ConfigureAwait(false);
            if (await OpenAsync(ports[index], error, cancellationToken).ConfigureAwait(false) is { } target)
            {
                await using (target.ConfigureAwait(false))
                {
                    await PortForwardCopy.RunAsync(
                        target, channels.Reader(data)!, (bytes, token) => channels.SendAsync(data, bytes, token), _ => ValueTask.CompletedTask, time, cancellationToken)
                        .ConfigureAwait(false);
                }
            }
        }
        catch (IOException exception)
        {
            StreamingLog.ConnectionEnded(logger, exception.Message);
        }
    }

    /// <summary>Null when the port does not answer; the client has been told why.</summary>
    private async Task<Stream?> OpenAsync(int port, byte error, CancellationToken cancellationToken)
    {
        try
        {
            return await handlers.OpenPort(sandboxId, port, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            StreamingLog.ForwardFailed(logger, port, sandboxId, exception.Message);
            var message = $"error forwarding port {port} to pod {sandboxId}: {exception.Message}";
            await channels.SendAsync(error, Encoding.UTF8.GetBytes(message), cancellationToken).ConfigureAwait(false);
            return null;
        }
    }
}
