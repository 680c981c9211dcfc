using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Nacelle.Runtime.Streaming.Spdy;

namespace Nacelle.Runtime.Streaming.PortForward;

/// <summary>
/// portforward.k8s.io: pairs up the streams that the client opens by their header requestid and joins each pair to a
/// connection of its own to the port they name. What fails is told on the error stream and ends that connection only.
/// </summary>
internal sealed class PortForwardSession(
    SpdyConnection connection, string sandboxId, StreamingHandlers handlers, StreamingOptions options, TimeProvider time, ILogger logger)
{
    public const string Protocol = "portforward.k8s.io";

    private readonly Dictionary<string, PortForwardPair> waiting = [];
    private readonly HashSet<Task> forwards = [];

    /// <summary>Runs until the client hangs up; every forwarded connection is closed then. Throws only when cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await foreach (var stream in connection.Accepted.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                forwards.RemoveWhere(task => task.IsCompleted);
                await TakeAsync(stream, ended.Token).ConfigureAwait(false);
            }
        }
        catch (IOException exception)
        {
            StreamingLog.ConnectionEnded(logger, exception.Message);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(forwards).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask TakeAsync(SpdyStream stream, CancellationToken cancellationToken)
    {
        var type = stream.Headers.GetValueOrDefault("streamtype");
        if (type is not ("error" or "data"))
        {
            await stream.ResetAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        // Clients before requestid existed open the error stream, then the data stream.
        var isError = type == "error";
        var requestId = stream.Headers.GetValueOrDefault("requestid")
            ?? (isError ? stream.Id : stream.Id - 2).ToString(CultureInfo.InvariantCulture);
        if (!waiting.TryGetValue(requestId, out var pair))
        {
            waiting[requestId] = pair = new PortForwardPair(requestId);
            pair.Add(stream, isError);
            forwards.Add(ForwardAsync(pair, cancellationToken));
        }
        else if (!pair.Add(stream, isError))
        {
            await stream.ResetAsync(cancellationToken).ConfigureAwait(false);
        }

        if (pair.Complete.IsCompleted)
        {
            waiting.Remove(requestId);
        }
    }

    private async Task ForwardAsync(PortForwardPair pair, CancellationToken cancellationToken)
    {
        try
        {
            await pair.Complete.WaitAsync(options.StreamCreationTimeout, time, cancellationToken).ConfigureAwait(false);
            await JoinAsync(pair.Data!, pair.Error!, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await FailAsync(pair.Error, $"request {pair.RequestId} timed out waiting for streams", cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            StreamingLog.ConnectionEnded(logger, exception.Message);
        }
        finally
        {
            await EndAsync(pair, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task JoinAsync(SpdyStream data, SpdyStream error, CancellationToken cancellationToken)
    {
        var text = data.Headers.GetValueOrDefault("port");
        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            await FailAsync(error, $"unable to parse \"{text}\" as a port: 1 to 65535 is expected", cancellationToken).ConfigureAwait(false);
            return;
        }

        Stream target;
        try
        {
            target = await handlers.OpenPort(sandboxId, port, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            StreamingLog.ForwardFailed(logger, port, sandboxId, exception.Message);
            await FailAsync(error, $"error forwarding port {port} to pod {sandboxId}: {exception.Message}", cancellationToken).ConfigureAwait(false);
            return;
        }

        await using (target.ConfigureAwait(false))
        {
            await PortForwardCopy.RunAsync(target, data.Input, data.WriteAsync, data.CompleteAsync, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask FailAsync(SpdyStream? error, string message, CancellationToken cancellationToken)
    {
        if (error is not null)
        {
            await error.WriteAsync(Encoding.UTF8.GetBytes(message), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the pair's streams: the client waits for the error stream's end before it closes its own connection.</summary>
    private async Task EndAsync(PortForwardPair pair, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var stream in new[] { pair.Data, pair.Error })
            {
                if (stream is not null)
                {
                    await stream.CompleteAsync(cancellationToken).ConfigureAwait(false);
                    await stream.Input.CompleteAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            StreamingLog.ConnectionEnded(logger, exception.Message);
        }
    }
}
