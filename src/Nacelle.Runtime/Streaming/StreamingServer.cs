using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Runtime.V1;

namespace Nacelle.Runtime.Streaming;

/// <summary>
/// The HTTP server behind the URLs that CRI's Exec, Attach and PortForward return. It speaks WebSocket and SPDY/3.1, as kubectl's
/// versions do, so that whoever forwards the client here only forwards bytes.
/// </summary>
public sealed class StreamingServer : IAsyncDisposable
{
    private readonly KestrelServer server;
    private readonly StreamTokens tokens;
    private readonly CancellationTokenSource stopping;
    private readonly string address;
    private int disposed;

    private StreamingServer(KestrelServer server, StreamTokens tokens, CancellationTokenSource stopping, string address)
    {
        this.server = server;
        this.tokens = tokens;
        this.stopping = stopping;
        this.address = address;
    }

    /// <summary>Returns when it listens. Throws IOException when the address is taken.</summary>
    public static async Task<StreamingServer> StartAsync(
        StreamingOptions options, StreamingHandlers handlers, TimeProvider time, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var tokens = new StreamTokens(options, time);
        var stopping = new CancellationTokenSource();
        var requests = new StreamingRequests(tokens, handlers, options, time, loggerFactory.CreateLogger<StreamingServer>(), stopping.Token);
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Listen(options.Listen, listen => listen.Protocols = HttpProtocols.Http1);
        var server = new KestrelServer(
            Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggerFactory), loggerFactory);
        try
        {
            await server.StartAsync(new StreamingApplication(requests.HandleAsync), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            server.Dispose();
            stopping.Dispose();
            throw;
        }

        return new StreamingServer(server, tokens, stopping, server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>A URL for one client within the token's lifetime. Throws ArgumentException when the request asks for no stream, or for
    /// stderr with a terminal; <see cref="StreamingBusyException"/> when too many URLs wait.</summary>
    public string GetExecUrl(ExecRequest request)
    {
        RemoteCommand.RemoteCommandOptions.Of(request);
        return $"{address}/exec/{tokens.Add(request)}";
    }

    /// <inheritdoc cref="GetExecUrl"/>
    public string GetAttachUrl(AttachRequest request)
    {
        RemoteCommand.RemoteCommandOptions.Of(request);
        return $"{address}/attach/{tokens.Add(request)}";
    }

    /// <summary>A URL for one client within the token's lifetime. Throws <see cref="StreamingBusyException"/> when too many URLs wait.</summary>
    public string GetPortForwardUrl(PortForwardRequest request) => $"{address}/portforward/{tokens.Add(request)}";

    /// <summary>Ends every session, within seconds: attached containers stay, exec's processes lose their streams.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await server.StopAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Connections that did not end in time are closed by Dispose.
        }

        server.Dispose();
        stopping.Dispose();
    }
}
