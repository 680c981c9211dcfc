using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.ApiServer;
using Nacelle.ApiServer.Security;
using Nacelle.Pki;
using Xunit;

namespace Nacelle.UnitTests.ApiServer;

/// <summary>Who may ask over TLS: holders of the token or of a client certificate of our own authority, and nobody else.</summary>
public sealed class AuthenticationTests : IAsyncLifetime
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    private readonly string _directory = Directory.CreateTempSubdirectory("nacelle-auth-").FullName;
    private ApiServerHost? _server;
    private PkiDirectory? _pki;

    private PkiDirectory Pki => _pki ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        _pki = Keys("own");
        _server = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                StateDirectory = Path.Combine(_directory, "state"),
                Listen = Anywhere,
                UnixSocketPath = null,
                ServingCertificate = _pki.ApiServerServing,
                ClientCertificateAuthority = _pki.Authority,
                Tokens = new Dictionary<string, UserInfo> { [_pki.AdminToken] = new("kubernetes-admin", ["system:masters"]) },
            },
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Request_WithTheToken_IsAnswered() => Assert.Equal(200, (await AskAsync("/api/v1/namespaces", token: Pki.AdminToken)).Code);

    [Fact]
    public async Task Request_WithACertificateOfOurAuthority_IsAnswered()
        => Assert.Equal(200, (await AskAsync("/api/v1/namespaces", certificate: Pki.KubeletClient)).Code);

    [Fact]
    public async Task Request_WithACertificateOfAnotherAuthority_IsRefused()
        => AssertUnauthorized(await AskAsync("/api/v1/namespaces", certificate: Keys("stranger").KubeletClient));

    /// <summary>Of our authority, but made for servers: it names no client (RFC 5280, extended key usage).</summary>
    [Fact]
    public async Task Request_WithAServingCertificate_IsRefused()
        => AssertUnauthorized(await AskAsync("/api/v1/namespaces", certificate: Pki.ApiServerServing));

    /// <summary>They all ask at the same time who the connection belongs to.</summary>
    [Fact]
    public async Task Requests_ManyAtOnceOnOneConnection_AreAllAnswered()
    {
        for (var round = 0; round < 20; round++)
        {
            using var handler = Handler(Pki.KubeletClient);
            using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
            var url = new Uri($"https://{_server!.Endpoint}/api/v1/namespaces");
            var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.GetAsync(url, TestContext.Current.CancellationToken)));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task Request_WithoutTheToken_IsRefused(string? token) => AssertUnauthorized(await AskAsync("/api/v1/namespaces", token));

    [Theory]
    [InlineData("/livez", 200)]
    [InlineData("/readyz", 200)]
    [InlineData("/healthz", 200)]
    [InlineData("/version", 401)]
    [InlineData("/openapi/v3", 401)]
    [InlineData("/no/such/path", 401)]
    public async Task Request_OfNobody_GetsHealthAlone(string path, int code) => Assert.Equal(code, (await AskAsync(path)).Code);

    private static void AssertUnauthorized((int Code, string Body) answer)
    {
        var status = JsonNode.Parse(answer.Body)!;
        Assert.Equal((401, "Status", "Unauthorized"), (answer.Code, (string?)status["kind"], (string?)status["reason"]));
    }

    private PkiDirectory Keys(string name) => PkiDirectory.Ensure(Path.Combine(_directory, name), Anywhere, "node", TimeProvider.System);

    private async Task<(int Code, string Body)> AskAsync(string path, string? token = null, X509Certificate2? certificate = null)
    {
        using var handler = Handler(certificate);
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{_server!.Endpoint}{path}");
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private SocketsHttpHandler Handler(X509Certificate2? certificate) => new()
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, served, _, _) => served is X509Certificate2 own && own.Thumbprint == Pki.ApiServerServing.Thumbprint,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate!,
        },
    };
}
