using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nacelle.ApiServer;
using Nacelle.ApiServer.Endpoints;
using Nacelle.Kubelet.NodeApi;
using Nacelle.Kubernetes.Errors;
using Nacelle.Runtime.Streaming;
using Runtime.V1;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>
/// The whole way of a stream with everything else left out: an API just large enough for kubectl, the API server's proxy, the
/// node API over mutual TLS, the streaming server; containers are what the test says. One Pod "web" with container "main"
/// (a terminal in "shell"), its sandbox the host.
/// </summary>
internal sealed class StreamingLab : IAsyncDisposable
{
    private readonly LabCertificates certificates = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("nacelle-streaming");
    private readonly List<WebApplication> servers = [];
    private StreamingServer? streaming;

    public Func<ExecRequest, CancellationToken, Task<ContainerStreams>> OpenExec { get; init; } =
        (request, _) => Task.FromResult(LabProcess.Exec(request));

    public Func<AttachRequest, CancellationToken, Task<ContainerStreams>> OpenAttach { get; init; } =
        (_, _) => throw new IOException("nothing to attach to");

    public Func<string, int, CancellationToken, Task<Stream>> OpenPort { get; init; } =
        (_, port, token) => Nacelle.Runtime.Streaming.PortForward.NetnsDialer.ConnectAsync(null, port, token);

    /// <summary>A real runtime in place of the streaming server alone, with the ids that stand for "main" or "shell" and for the sandbox.</summary>
    public (RuntimeService.RuntimeServiceClient Client, string ContainerId, string SandboxId)? Runtime { get; init; }

    /// <summary>What CRI's Exec answers instead of a URL.</summary>
    public Grpc.Core.RpcException? ExecFailure { get; init; }

    /// <summary>Whether a credential of a client has come as far as the node API.</summary>
    public bool CredentialPassedOn { get; private set; }

    public string Kubeconfig => Path.Combine(directory.FullName, "config");

    public Uri Api { get; private set; } = null!;

    public StreamingServer Streaming => streaming!;

    /// <summary>The protocols that clients switched to, in order.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Upgrades { get; } = [];

    public async Task<StreamingLab> StartAsync()
    {
        var handlers = new StreamingHandlers { OpenExec = OpenExec, OpenAttach = OpenAttach, OpenPort = OpenPort };
        using var loggers = LoggerFactory.Create(_ => { });
        streaming = await StreamingServer.StartAsync(new StreamingOptions(), handlers, TimeProvider.System, loggers, CancellationToken.None);

        var kubelet = await StartServerAsync(MapKubelet, ClientCertificateMode.RequireCertificate);
        var options = new ApiServerOptions { KubeletClientCertificate = certificates.Client, KubeletAuthority = certificates.Authority };
        var proxy = new StreamingProxy(options, (_, _) => ValueTask.FromResult<JsonObject?>(Node(kubelet.Port)));
        Api = await StartServerAsync(app => MapApi(app, proxy), ClientCertificateMode.NoCertificate);
        await File.WriteAllTextAsync(Kubeconfig, KubeconfigText());
        return this;
    }

    /// <summary>A client that trusts the lab's authority.</summary>
    public bool Trusts(System.Security.Cryptography.X509Certificates.X509Certificate? certificate) =>
        certificate?.GetCertHashString() == certificates.Serving.GetCertHashString();

    public Kubectl Kubectl(string? version = null) => Nacelle.IntegrationTests.Streaming.Kubectl.Of(version ?? Nacelle.IntegrationTests.Streaming.Kubectl.Newest, Kubeconfig);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        if (streaming is not null)
        {
            await streaming.DisposeAsync();
        }

        certificates.Dispose();
        stopping.Dispose();
        directory.Delete(recursive: true);
    }

    private ValueTask<StreamingTarget> Resolve(string podNamespace, string pod, string? uid, string? container, CancellationToken cancellationToken) =>
        ValueTask.FromResult((pod, container) switch
        {
            ("web", "gone") => new StreamingTarget(true, null),
            ("web", null) => new StreamingTarget(true, Runtime?.SandboxId ?? "sandbox"),
            ("web", _) => new StreamingTarget(true, Runtime?.ContainerId ?? container),
            _ => StreamingTarget.NoPod,
        });

    private static JsonObject Node(int port) => JsonNode.Parse($$$$"""
        {"status":{"addresses":[{"type":"InternalIP","address":"127.0.0.1"}],"daemonEndpoints":{"kubeletEndpoint":{"Port":{{{{port}}}} } } } }
        """)!.AsObject();

    private static JsonObject Pod(string name) => JsonNode.Parse($$$$"""
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{{name}}}}","namespace":"default","uid":"u","resourceVersion":"1"},
         "spec":{"nodeName":"lab","securityContext":{},"containers":[
           {"name":"main","image":"x","stdin":true},{"name":"shell","image":"x","stdin":true,"tty":true},{"name":"gone","image":"x"}]},
         "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}
        """)!.AsObject();

    private void MapKubelet(WebApplication app)
    {
        app.Use((context, next) =>
        {
            CredentialPassedOn |= context.Request.Headers.ContainsKey("Authorization")
                || context.Request.Headers.SecWebSocketProtocol.ToString().Contains("bearer", StringComparison.Ordinal);
            return next(context);
        });
        StreamingEndpoints.Map(app, Resolve, Runtime?.Client ?? new LabRuntimeClient(streaming!, ExecFailure), stopping.Token);
    }

    private void MapApi(WebApplication app, StreamingProxy proxy)
    {
        Give(app, "/version", """{"major":"1","minor":"36","gitVersion":"v1.36.0"}""");
        Give(app, "/api", """{"kind":"APIVersions","versions":["v1"]}""");
        Give(app, "/apis", """{"kind":"APIGroupList","apiVersion":"v1","groups":[]}""");
        Give(app, "/api/v1", """
            {"kind":"APIResourceList","groupVersion":"v1","resources":[
              {"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","shortNames":["po"],"verbs":["get","list","watch"]}]}
            """);
        app.MapGet("/api/v1/namespaces/default/pods/{name}", (RequestDelegate)(context =>
            AnswerAsync(context, 200, Pod((string)context.Request.RouteValues["name"]!))));
        app.MapMethods("/api/v1/namespaces/default/pods/{name}/{subresource}", ["GET", "POST"], (RequestDelegate)(async context =>
        {
            var values = context.Request.RouteValues;
            context.Response.OnStarting(() =>
            {
                Upgrades.Enqueue($"{context.Response.Headers.SecWebSocketProtocol}{context.Response.Headers["X-Stream-Protocol-Version"]}");
                return Task.CompletedTask;
            });
            try
            {
                await proxy.ForwardAsync(context, Pod((string)values["name"]!), (string)values["subresource"]!, stopping.Token);
            }
            catch (ApiStatusException exception)
            {
                await AnswerAsync(context, exception.Status.Code, exception.Status.ToJson());
            }
        }));
    }

    private static void Give(WebApplication app, string path, string json) =>
        app.MapGet(path, (RequestDelegate)(context => AnswerAsync(context, 200, JsonNode.Parse(json)!.AsObject())));

    private static Task AnswerAsync(HttpContext context, int code, JsonObject document)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(document.ToJsonString());
    }

    private async Task<Uri> StartServerAsync(Action<WebApplication> map, ClientCertificateMode mode)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = certificates.Serving;
            https.ClientCertificateMode = mode;
            https.ClientCertificateValidation = (certificate, _, _) => certificate.Thumbprint == certificates.Client.Thumbprint;
        })));
        var app = builder.Build();
        servers.Add(app);
        map(app);
        await app.StartAsync();
        return new Uri(app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    private string KubeconfigText() => $$$$"""
        {"apiVersion":"v1","kind":"Config","current-context":"lab",
         "clusters":[{"name":"lab","cluster":{"server":"{{{{Api.GetLeftPart(UriPartial.Authority)}}}}",
           "certificate-authority-data":"{{{{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(certificates.Authority.ExportCertificatePem()))}}}}"}}],
         "users":[{"name":"lab","user":{"token":"t"}}],
         "contexts":[{"name":"lab","context":{"cluster":"lab","user":"lab"}}]}
        """;
}
