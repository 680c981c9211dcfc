using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Runtime.V1;

namespace Nacelle.Kubelet.Probes;

/// <summary>Does what probes and lifecycle hooks ask for: a command in the container, an HTTP request, a connection, a gRPC health check.</summary>
public sealed class ContainerActions(CriClient cri, TimeProvider time) : IDisposable
{
    private const int OutputLimit = 10 * 1024;

#pragma warning disable CA5359 // Kubernetes documents that HTTPS probes skip the verification of certificates.
    /// <summary>Probes look at a server as it is: any certificate, no proxy, no redirects, a new connection each time.</summary>
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });
#pragma warning restore CA5359

    public void Dispose() => _http.Dispose();

    public Task<ActionOutcome> ProbeAsync(V1Probe probe, ContainerTarget target, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds ?? 1));
        return probe switch
        {
            { Exec: { } exec } => ExecAsync(exec, target, timeout, cancellationToken),
            { HttpGet: { } get } => HttpAsync(get, target, timeout, "kube-probe/1.36", cancellationToken),
            { TcpSocket: { } tcp } => ConnectAsync(tcp, target, timeout, cancellationToken),
            { Grpc: { } grpc } => GrpcHealth.CheckAsync(grpc, target, timeout, cancellationToken),
            _ => Task.FromResult(ActionOutcome.Bad("missing probe handler")),
        };
    }

    /// <param name="timeout">A hook has no deadline of its own; this is what the Pod's grace leaves it.</param>
    public async Task<ActionOutcome> RunHookAsync(
        V1LifecycleHandler hook, ContainerTarget target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        switch (hook)
        {
            case { Exec: { } exec }:
                return await ExecAsync(exec, target, timeout, cancellationToken).ConfigureAwait(false);
            case { HttpGet: { } get }:
                return await HttpAsync(get, target, timeout, "kube-lifecycle/1.36", cancellationToken).ConfigureAwait(false);
            case { TcpSocket: { } tcp }:
                return await ConnectAsync(tcp, target, timeout, cancellationToken).ConfigureAwait(false);
            case { Sleep: { } sleep }:
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(sleep.Seconds, timeout.TotalSeconds)), time, cancellationToken).ConfigureAwait(false);
                return ActionOutcome.Good;
            default:
                return ActionOutcome.Bad("invalid handler");
        }
    }

    private async Task<ActionOutcome> ExecAsync(V1ExecAction exec, ContainerTarget target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new ExecSyncRequest { ContainerId = target.Id, Timeout = (long)Math.Ceiling(timeout.TotalSeconds) };
        request.Cmd.Add(exec.Command ?? []);
        try
        {
            var answer = await cri.Runtime.ExecSyncAsync(request, cancellationToken: cancellationToken).ConfigureAwait(false);
            var output = Encoding.UTF8.GetString(answer.Stdout.Span) + Encoding.UTF8.GetString(answer.Stderr.Span);
            return new ActionOutcome(answer.ExitCode == 0, Cut(output));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.DeadlineExceeded && !cancellationToken.IsCancellationRequested)
        {
            return ActionOutcome.Bad($"command timed out: \"{string.Join(' ', exec.Command ?? [])}\" timed out after {timeout.TotalSeconds:0}s");
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            return ActionOutcome.Untried(e.Status.Detail);
        }
    }

    private async Task<ActionOutcome> HttpAsync(
        V1HTTPGetAction get, ContainerTarget target, TimeSpan timeout, string userAgent, CancellationToken cancellationToken)
    {
        if (ProbePort.Resolve(target.Spec, get.Port) is not { } port)
        {
            return ActionOutcome.Bad($"couldn't find port: {get.Port.Value}");
        }

        var host = get.Host is { Length: > 0 } named ? named : target.Address;
        var path = get.Path is { Length: > 0 } given ? (given.StartsWith('/') ? given : "/" + given) : "/";
        var bracketed = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        var url = $"{(get.Scheme ?? "HTTP").ToLowerInvariant()}://{bracketed}:{port}{path}";
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
            request.Headers.TryAddWithoutValidation("Accept", "*/*");
            request.Headers.ConnectionClose = true;
            foreach (var header in get.HttpHeaders ?? [])
            {
                // A header of the body's (Content-Type) has no place in a request without one.
                if (request.Headers.TryAddWithoutValidation(header.Name, []))
                {
                    request.Headers.Remove(header.Name);
                    request.Headers.TryAddWithoutValidation(header.Name, header.Value);
                }
            }

            using var response = await _http.SendAsync(request, deadline.Token).ConfigureAwait(false);
            return (int)response.StatusCode is >= 200 and < 400
                ? ActionOutcome.Good
                : ActionOutcome.Bad($"HTTP probe failed with statuscode: {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            return ActionOutcome.Bad($"Get \"{url}\": {e.Message}");
        }
        catch (HttpRequestException e)
        {
            return ActionOutcome.Bad($"Get \"{url}\": {Dial(e, host, port)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ActionOutcome.Bad($"Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        }
    }

    private static async Task<ActionOutcome> ConnectAsync(
        V1TCPSocketAction tcp, ContainerTarget target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (ProbePort.Resolve(target.Spec, tcp.Port) is not { } port)
        {
            return ActionOutcome.Bad($"couldn't find port: {tcp.Port.Value}");
        }

        var host = tcp.Host is { Length: > 0 } named ? named : target.Address;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(host, port, deadline.Token).ConfigureAwait(false);
            return ActionOutcome.Good;
        }
        catch (SocketException e)
        {
            return ActionOutcome.Bad($"dial tcp {host}:{port}: connect: {Words(e)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ActionOutcome.Bad($"dial tcp {host}:{port}: i/o timeout");
        }
    }

    private static string Dial(HttpRequestException error, string host, int port) => error.InnerException switch
    {
        SocketException socket => $"dial tcp {host}:{port}: connect: {Words(socket)}",
        { } inner => inner.Message,
        _ => error.Message,
    };

    private static string Words(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.HostUnreachable => "no route to host",
        SocketError.NetworkUnreachable => "network is unreachable",
        _ => error.Message,
    };

    private static string Cut(string text) => text.Length <= OutputLimit ? text : text[..OutputLimit];
}
