using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nacelle.ApiServer.Admission;
using Nacelle.ApiServer.Endpoints;
using Nacelle.ApiServer.Security;
using Nacelle.ApiServer.Storage;

namespace Nacelle.ApiServer;

/// <summary>The API server: opens its state, makes the first namespaces, and serves until it is disposed of or its store fails.</summary>
public sealed class ApiServerHost : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly WebApplication application;
    private readonly ApiPipeline pipeline;
    private readonly ObjectStore store;
    private readonly CancellationTokenSource stopping;

    private ApiServerHost(WebApplication application, ApiPipeline pipeline, ObjectStore store, CancellationTokenSource stopping)
    {
        this.application = application;
        this.pipeline = pipeline;
        this.store = store;
        this.stopping = stopping;
    }

    /// <summary>Where HTTPS is served, with the port that was taken; null without it.</summary>
    public IPEndPoint? Endpoint { get; private set; }

    /// <summary>Ends when the server stopped; faulted when its store cannot be written any more.</summary>
    public Task Completion => store.Completion;

    /// <summary>Returns when requests are answered.</summary>
    /// <exception cref="ApiServerStartException">Address taken, state not usable, or a certificate missing.</exception>
    public static async Task<ApiServerHost> StartAsync(ApiServerOptions options, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        if (options.Listen is not null && options.ServingCertificate is null)
        {
            throw new ApiServerStartException($"no serving certificate for https://{options.Listen}");
        }

        ObjectStore store = ObjectStore.Open(
            new StoreOptions
            {
                Directory = options.StateDirectory,
                KeepRevisions = options.KeepRevisions,
                TimeToLive = Resources.ResourceRegistry.All.Where(t => t.TimeToLive is not null)
                    .GroupBy(t => t.StorageKind).ToDictionary(g => g.Key, g => g.First().TimeToLive!.Value),
                TimeProvider = options.TimeProvider,
            },
            loggerFactory);
        var stopping = new CancellationTokenSource();
        ApiServerHost? host = null;
        try
        {
            var services = new ApiServices(store, options, loggerFactory, stopping.Token);
            await InitialObjects.EnsureAsync(services, cancellationToken).ConfigureAwait(false);
            var pipeline = new ApiPipeline(services, new Authenticator(options));
            host = new ApiServerHost(Build(options, pipeline, loggerFactory), pipeline, store, stopping);
            await host.ListenAsync(options, cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch
        {
            if (host is not null)
            {
                await host.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                stopping.Dispose();
                await store.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Watches and streams end first: they would keep the server from stopping.
        await stopping.CancelAsync().ConfigureAwait(false);
        using (var deadline = new CancellationTokenSource(DrainTime))
        {
            await application.StopAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await application.DisposeAsync().ConfigureAwait(false);
        pipeline.Dispose();
        await store.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private static WebApplication Build(ApiServerOptions options, ApiPipeline pipeline, ILoggerFactory loggerFactory)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            // A watch or a followed log may be silent, and its reader slow: neither is an attack.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.AllowResponseHeaderCompression = false;
            if (options.Listen is { } endpoint)
            {
                kestrel.Listen(endpoint, listen => Secure(listen, options));
            }

            if (options.UnixSocketPath is { } path)
            {
                kestrel.ListenUnixSocket(path, Local);
            }
        });
        WebApplication application = builder.Build();
        application.Run(pipeline.HandleAsync);
        return application;
    }

    private static void Secure(ListenOptions listen, ApiServerOptions options)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = options.ServingCertificate,
            ClientCertificateMode = options.ClientCertificateAuthority is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.AllowCertificate,
            // A certificate that is not ours is looked at later: its bearer may have a token, and else gets a 401, not a broken handshake.
            ClientCertificateValidation = (_, _, _) => true,
        });
    }

    private static void Local(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection =>
        {
            Authenticator.MarkLocal(connection.Items);
            return next(connection);
        });
    }

    private async Task ListenAsync(ApiServerOptions options, CancellationToken cancellationToken)
    {
        if (options.UnixSocketPath is { } path)
        {
            PrepareSocket(path);
        }

        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new ApiServerStartException($"the API server cannot listen: {e.Message}", e);
        }
        catch (SocketException e)
        {
            throw new ApiServerStartException($"the API server cannot listen: {e.Message}", e);
        }

        if (options.UnixSocketPath is { } socket)
        {
            File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Endpoint = Bound(options);
    }

    /// <summary>Makes room for the socket: what a killed server left behind goes, what someone still answers stays.</summary>
    private static void PrepareSocket(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (File.Exists(path))
            {
                if (Answers(path))
                {
                    throw new ApiServerStartException($"another server answers on {path}");
                }

                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiServerStartException($"the socket {path} cannot be made: {e.Message}", e);
        }
    }

    private static bool Answers(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private IPEndPoint? Bound(ApiServerOptions options)
    {
        if (options.Listen is null)
        {
            return null;
        }

        ICollection<string> addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        string https = addresses.First(a => a.StartsWith("https://", StringComparison.Ordinal));
        return new IPEndPoint(options.Listen.Address, new Uri(https).Port);
    }
}
