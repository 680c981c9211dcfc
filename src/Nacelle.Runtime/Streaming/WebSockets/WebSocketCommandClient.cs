using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nacelle.Runtime.Streaming.RemoteCommand;

namespace Nacelle.Runtime.Streaming.WebSockets;

/// <summary>Exec and attach over WebSocket (kubectl 1.30 and later, and most client libraries).</summary>
internal sealed class WebSocketCommandClient : IRemoteCommandClient
{
    /// <summary>A client that names none means the oldest.</summary>
    public static readonly string[] Subprotocols =
        [WebSocketChannels.Version5, WebSocketChannels.Version4, WebSocketChannels.Version1, ""];

    private readonly WebSocketChannels channels;
    private readonly bool plainErrors;

    private WebSocketCommandClient(WebSocketChannels channels, bool plainErrors)
    {
        this.channels = channels;
        this.plainErrors = plainErrors;
    }

    public PipeReader? Stdin => channels.Reader((byte)RemoteCommandChannel.Stdin);

    public PipeReader? Resize => channels.Reader((byte)RemoteCommandChannel.Resize);

    public Task Gone => channels.Gone;

    public static async Task<WebSocketCommandClient> AcceptAsync(
        HttpContext context, string subprotocol, RemoteCommandOptions command, StreamingOptions options, ILogger logger)
    {
        var socket = await WebSocketHandshake.AcceptAsync(context, subprotocol, options.KeepAliveInterval).ConfigureAwait(false);
        byte[] inbound =
        [
            .. command.Stdin ? [(byte)RemoteCommandChannel.Stdin] : ReadOnlySpan<byte>.Empty,
            .. command.Tty ? [(byte)RemoteCommandChannel.Resize] : ReadOnlySpan<byte>.Empty,
        ];
        var channels = new WebSocketChannels(socket, subprotocol, inbound, options, logger, context.RequestAborted);
        var client = new WebSocketCommandClient(channels, subprotocol is WebSocketChannels.Version1 or "");
        await client.GreetAsync(command, context.RequestAborted).ConfigureAwait(false);
        return client;
    }

    public ValueTask WriteAsync(RemoteCommandChannel channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        channels.SendAsync((byte)channel, data, cancellationToken);

    public ValueTask WriteStatusAsync(RemoteCommandStatus status, CancellationToken cancellationToken)
    {
        if (!plainErrors)
        {
            return WriteAsync(RemoteCommandChannel.Error, status.ToUtf8(), cancellationToken);
        }

        return status.Message is { } message
            ? WriteAsync(RemoteCommandChannel.Error, System.Text.Encoding.UTF8.GetBytes(message), cancellationToken)
            : ValueTask.CompletedTask;
    }

    public Task CloseAsync(CancellationToken cancellationToken) => channels.CloseAsync(cancellationToken);

    public ValueTask DisposeAsync() => channels.DisposeAsync();

    /// <summary>The kubelet's own server sends an empty message on the lowest outbound channel at once; some clients wait for it.</summary>
    private async Task GreetAsync(RemoteCommandOptions command, CancellationToken cancellationToken)
    {
        var lowest = command.Stdout ? RemoteCommandChannel.Stdout : command.Stderr ? RemoteCommandChannel.Stderr : RemoteCommandChannel.Error;
        try
        {
            await WriteAsync(lowest, ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The session sees by Gone that there is nobody.
        }
    }
}
