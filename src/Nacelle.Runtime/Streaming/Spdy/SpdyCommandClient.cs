using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nacelle.Runtime.Streaming.RemoteCommand;

namespace Nacelle.Runtime.Streaming.Spdy;

/// <summary>Exec and attach over SPDY (kubectl to 1.29, crictl, and later kubectl when WebSocket fails): a SPDY stream for each stream,
/// told apart by its header streamtype.</summary>
internal sealed class SpdyCommandClient : IRemoteCommandClient
{
    /// <summary>v1 lacks the error stream's meaning that v2 gave it, and nobody speaks it.</summary>
    public static readonly string[] Protocols =
        [WebSockets.WebSocketChannels.Version4, "v3.channel.k8s.io", "v2.channel.k8s.io", WebSockets.WebSocketChannels.Version1];

    private readonly SpdyConnection connection;
    private readonly Dictionary<RemoteCommandChannel, SpdyStream> streams = [];
    private readonly bool plainErrors;

    private SpdyCommandClient(SpdyConnection connection, bool plainErrors)
    {
        this.connection = connection;
        this.plainErrors = plainErrors;
    }

    public PipeReader? Stdin => streams.GetValueOrDefault(RemoteCommandChannel.Stdin)?.Input;

    public PipeReader? Resize => streams.GetValueOrDefault(RemoteCommandChannel.Resize)?.Input;

    public Task Gone => connection.Gone;

    /// <summary>Switches protocols and waits for all streams. Throws IOException or TimeoutException when they do not come.</summary>
    public static async Task<SpdyCommandClient> AcceptAsync(
        HttpContext context, string protocol, RemoteCommandOptions command, StreamingOptions options, TimeProvider time, ILogger logger)
    {
        var stream = await SpdyUpgrade.AcceptAsync(context, protocol).ConfigureAwait(false);
        var connection = new SpdyConnection(stream, options, logger, context.RequestAborted);
        var client = new SpdyCommandClient(connection, protocol != WebSockets.WebSocketChannels.Version4);
        try
        {
            // Before v3 there was no resize stream.
            var resizable = protocol is WebSockets.WebSocketChannels.Version4 or "v3.channel.k8s.io";
            var expected = Enum.GetValues<RemoteCommandChannel>()
                .Count(channel => command.Uses(channel) && (resizable || channel != RemoteCommandChannel.Resize));
            await client.AcceptStreamsAsync(expected, context.RequestAborted)
                .WaitAsync(options.StreamCreationTimeout, time, context.RequestAborted).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask WriteAsync(RemoteCommandChannel channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        streams[channel].WriteAsync(data, cancellationToken);

    public async ValueTask WriteStatusAsync(RemoteCommandStatus status, CancellationToken cancellationToken)
    {
        var text = plainErrors ? Encoding.UTF8.GetBytes(status.Message ?? "") : status.ToUtf8();
        if (text.Length > 0)
        {
            await WriteAsync(RemoteCommandChannel.Error, text, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        foreach (var stream in streams.Values)
        {
            await stream.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        await connection.CloseAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task AcceptStreamsAsync(int expected, CancellationToken cancellationToken)
    {
        await foreach (var stream in connection.Accepted.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            var type = stream.Headers.GetValueOrDefault("streamtype");
            if (!Enum.TryParse<RemoteCommandChannel>(type, ignoreCase: true, out var channel) || !streams.TryAdd(channel, stream))
            {
                throw new IOException($"unexpected stream type \"{type}\"");
            }

            if (streams.Count == expected)
            {
                return;
            }
        }

        throw new IOException("the client left before it opened all streams");
    }
}
