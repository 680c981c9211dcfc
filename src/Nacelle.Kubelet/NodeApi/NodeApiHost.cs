using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.InspectApi;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Kubelet.NodeApi;

/// <summary>
/// The kubelet's own HTTPS server: what the API server asks the node for. A client certificate of the configured authority is
/// needed for everything but <c>/healthz</c>.
/// </summary>
internal sealed class NodeApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();

    private NodeApiHost(WebApplication app) => _app = app;

    /// <summary>The port it listens on.</summary>
    public int Port { get; private set; }

    /// <exception cref="KubeletStartException">The address is taken or not ours.</exception>
    public static async Task<NodeApiHost> StartAsync(
        KubeletOptions options, PodWorkerPool pods, RuntimeReader reader, CriClient cri, InspectPart inspect, ILoggerFactory loggerFactory,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "Nacelle.Kubelet" });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggerFactory);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Listen, listen => listen.UseHttps(Https(options)));
        });
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>();
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var host = new NodeApiHost(app);
        host.Map(options, pods, reader, cri, inspect);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new KubeletStartException($"cannot listen on {options.Listen}: {e.InnerException?.Message ?? e.Message}", e);
        }

        host.Port = new Uri(app.Urls.First()).Port;
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(bound.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static HttpsConnectionAdapterOptions Https(KubeletOptions options) => new()
    {
        ServerCertificate = options.ServingCertificate,
        ClientCertificateMode = ClientCertificateMode.AllowCertificate,
        ClientCertificateValidation = (certificate, _, _) => IsTrusted(certificate, options.ClientCertificateAuthority),
    };

    private static bool IsTrusted(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;

        // TLS Web Client Authentication: a serving certificate of the same authority is no client.
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.2"));
        return chain.Build(certificate);
    }

    private void Map(KubeletOptions options, PodWorkerPool pods, RuntimeReader reader, CriClient cri, InspectPart inspect)
    {
        _app.Use((context, next) =>
        {
            if (context.Connection.ClientCertificate is not null || context.Request.Path == "/healthz")
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return context.Response.WriteAsync("Unauthorized");
        });
        _app.UseRouting();
        _app.MapGet("/healthz", (RequestDelegate)(context => context.Response.WriteAsync("ok")));
        _app.MapGet("/pods", (RequestDelegate)(context => PodsAsync(context, pods)));
        var logs = new ContainerLogs(pods, reader, options.TimeProvider);
        _app.MapGet("/containerLogs/{podNamespace}/{pod}/{container}", (RequestDelegate)logs.HandleAsync);
        RequestDelegate inspection = context => inspect.HandleAsync(context, _stopping.Token);
        _app.Map("/apis/{**path}", inspection);
        _app.Map("/openapi/{**path}", inspection);
        StreamingEndpoints.Map(_app, new StreamingTargets(pods, reader).FindAsync, cri.Runtime, _stopping.Token);
    }

    private static async Task PodsAsync(HttpContext context, PodWorkerPool pods)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[", context.RequestAborted)
            .ConfigureAwait(false);
        var first = true;
        foreach (var pod in pods.Pods)
        {
            if (!first)
            {
                await context.Response.WriteAsync(",", context.RequestAborted).ConfigureAwait(false);
            }

            first = false;
            await context.Response.Body.WriteAsync(KubernetesJson.Serialize(pod), context.RequestAborted).ConfigureAwait(false);
        }

        await context.Response.WriteAsync("]}", context.RequestAborted).ConfigureAwait(false);
    }
}
