using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nacelle.Runtime.Streaming.PortForward;
using Nacelle.Runtime.Streaming.RemoteCommand;
using Nacelle.Runtime.Streaming.Spdy;
using Nacelle.Runtime.Streaming.WebSockets;
using Runtime.V1;

namespace Nacelle.Runtime.Streaming;

/// <summary>Takes a client from its URL to its session, by whichever protocol it asks to switch to.</summary>
internal sealed class StreamingRequests(
    StreamTokens tokens, StreamingHandlers handlers, StreamingOptions options, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    private const string TunnelledPortForward = "SPDY/3.1+" + PortForwardSession.Protocol;

    public async Task HandleAsync(HttpContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await DispatchAsync(context, ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client left or the server stops; the sessions have closed what they had open.
        }
        catch (BadHttpRequestException exception)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, exception.Message).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            StreamingLog.ConnectionEnded(logger, exception.Message);
        }
        catch (Exception exception)
        {
            StreamingLog.RequestFailed(logger, exception, context.Request.Path.Value?.Split('/').ElementAtOrDefault(1) ?? "");
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, "internal error").ConfigureAwait(false);
        }
    }

    private Task DispatchAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var parts = (context.Request.Path.Value ?? "").Split('/');
        if (parts is ["", "exec", var execToken] && tokens.Take<ExecRequest>(execToken) is { } exec)
        {
            return CommandAsync(
                context, RemoteCommandKind.Exec, RemoteCommandOptions.Of(exec), token => handlers.OpenExec(exec, token), cancellationToken);
        }

        if (parts is ["", "attach", var attachToken] && tokens.Take<AttachRequest>(attachToken) is { } attach)
        {
            return CommandAsync(
                context, RemoteCommandKind.Attach, RemoteCommandOptions.Of(attach), token => handlers.OpenAttach(attach, token), cancellationToken);
        }

        if (parts is ["", "portforward", var portToken] && tokens.Take<PortForwardRequest>(portToken) is { } forward)
        {
            return PortForwardAsync(context, forward, cancellationToken);
        }

        return RefuseAsync(context, StatusCodes.Status404NotFound, "404 page not found");
    }

    private async Task CommandAsync(
        HttpContext context,
        RemoteCommandKind kind,
        RemoteCommandOptions command,
        Func<CancellationToken, Task<ContainerStreams>> open,
        CancellationToken cancellationToken)
    {
        if (await AcceptCommandAsync(context, command).ConfigureAwait(false) is not { } client)
        {
            return;
        }

        await using (client.ConfigureAwait(false))
        {
            await new RemoteCommandSession(client, kind, time, logger).RunAsync(open, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IRemoteCommandClient?> AcceptCommandAsync(HttpContext context, RemoteCommandOptions command)
    {
        if (WebSocketHandshake.IsRequested(context))
        {
            return await ChooseAsync(context, WebSocketCommandClient.Subprotocols).ConfigureAwait(false) is { } subprotocol
                ? await WebSocketCommandClient.AcceptAsync(context, subprotocol, command, options, logger).ConfigureAwait(false)
                : null;
        }

        if (!SpdyUpgrade.IsRequested(context))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "Upgrade request required").ConfigureAwait(false);
            return null;
        }

        return await SpdyUpgrade.ChooseAsync(context, SpdyCommandClient.Protocols).ConfigureAwait(false) is { } protocol
            ? await SpdyCommandClient.AcceptAsync(context, protocol, command, options, time, logger).ConfigureAwait(false)
            : null;
    }

    private async Task PortForwardAsync(HttpContext context, PortForwardRequest request, CancellationToken cancellationToken)
    {
        if (WebSocketHandshake.IsRequested(context))
        {
            string[] supported = request.Port.Count is > 0 and <= PortForwardChannels.MaximumPorts
                ? [TunnelledPortForward, WebSocketChannels.Version4]
                : [TunnelledPortForward];
            if (await ChooseAsync(context, supported).ConfigureAwait(false) is { } subprotocol)
            {
                var socket = await WebSocketHandshake.AcceptAsync(context, subprotocol, options.KeepAliveInterval).ConfigureAwait(false);
                await (subprotocol == TunnelledPortForward
                    ? PortForwardAsync(WebSocketStream.Create(socket, WebSocketMessageType.Binary, options.CloseTimeout), context, request, cancellationToken)
                    : PortForwardAsync(socket, context, request, cancellationToken)).ConfigureAwait(false);
            }
        }
        else if (!SpdyUpgrade.IsRequested(context))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "Upgrade request required").ConfigureAwait(false);
        }
        else if (await SpdyUpgrade.ChooseAsync(context, [PortForwardSession.Protocol]).ConfigureAwait(false) is { } protocol)
        {
            var stream = await SpdyUpgrade.AcceptAsync(context, protocol).ConfigureAwait(false);
            await PortForwardAsync(stream, context, request, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PortForwardAsync(Stream transport, HttpContext context, PortForwardRequest request, CancellationToken cancellationToken)
    {
        await using var connection = new SpdyConnection(transport, options, logger, context.RequestAborted);
        var session = new PortForwardSession(connection, request.PodSandboxId, handlers, options, time, logger);
        await session.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task PortForwardAsync(WebSocket socket, HttpContext context, PortForwardRequest request, CancellationToken cancellationToken)
    {
        var inbound = PortForwardChannels.Inbound(request.Port.Count);
        await using var channels = new WebSocketChannels(
            socket, WebSocketChannels.Version4, inbound, options, logger, context.RequestAborted);
        var session = new PortForwardChannels(channels, request.PodSandboxId, request.Port, handlers, time, logger);
        await session.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string?> ChooseAsync(HttpContext context, string[] supported)
    {
        if (WebSocketHandshake.Choose(context, supported) is { } subprotocol)
        {
            return subprotocol;
        }

        await RefuseAsync(
            context, StatusCodes.Status400BadRequest, $"none of the WebSocket subprotocols is supported; supported are {string.Join(", ", supported)}")
            .ConfigureAwait(false);
        return null;
    }

    private static async Task RefuseAsync(HttpContext context, int status, string message)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(message + "\n", CancellationToken.None).ConfigureAwait(false);
        }
    }
}
