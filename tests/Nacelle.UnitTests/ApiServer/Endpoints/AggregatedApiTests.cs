using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.ApiServer;
using Nacelle.ApiServer.Security;
using Nacelle.Pki;
using Xunit;

namespace Nacelle.UnitTests.ApiServer.Endpoints;

public sealed class AggregatedApiTests : IAsyncLifetime
{
    private const string Group = "/apis/inspect.nacelle.dev/v1alpha1";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("nacelle-aggregated-");
    private ApiServerHost? _server;
    private StubKubelet? _kubelet;
    private HttpClient? _client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private StubKubelet Kubelet => _kubelet!;

    private HttpClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        var anywhere = new IPEndPoint(IPAddress.Loopback, 0);
        var pki = PkiDirectory.Ensure(Path.Combine(_directory.FullName, "pki"), anywhere, "node", TimeProvider.System);
        _kubelet = await StubKubelet.StartAsync(pki.KubeletServing, Cancellation);
        _server = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                StateDirectory = Path.Combine(_directory.FullName, "state"),
                Listen = anywhere,
                UnixSocketPath = null,
                ServingCertificate = pki.ApiServerServing,
                KubeletAuthority = pki.Authority,
                KubeletClientCertificate = pki.KubeletClient,
                Tokens = new Dictionary<string, UserInfo> { ["t"] = new("jürgen", ["masters", "others"]) },
            },
            NullLoggerFactory.Instance,
            Cancellation);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, served, _, _) => served?.GetCertHashString() == pki.ApiServerServing.GetCertHashString();
        _client = new HttpClient(handler) { BaseAddress = new Uri($"https://{_server.Endpoint}") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "t");
        await NodeAsync(_kubelet.Port);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_kubelet is not null)
        {
            await _kubelet.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task List_GoesOnAndTheAnswerComesBackAsItIs()
    {
        Kubelet.Answer = http =>
        {
            http.Response.StatusCode = 418;
            http.Response.ContentType = "application/json;as=Table";
            http.Response.Headers["Warning"] = "299 - \"careful\"";
            http.Response.Headers["X-Secret"] = "stays";
            return http.Response.WriteAsync("{\"a\":1}");
        };

        using var answer = await Client.GetAsync(Group + "/namespaces/n/processes?limit=2&labelSelector=a%3Db", Cancellation);

        Assert.Equal(418, (int)answer.StatusCode);
        Assert.Equal("{\"a\":1}", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("application/json;as=Table", answer.Content.Headers.ContentType?.ToString().Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(["299 - \"careful\""], answer.Headers.GetValues("Warning"));
        Assert.False(answer.Headers.Contains("X-Secret"));
        var (method, target, _, _) = Assert.Single(Kubelet.Asked);
        Assert.Equal(("GET", Group + "/namespaces/n/processes?limit=2&labelSelector=a%3Db"), (method, target));
    }

    [Fact]
    public async Task Request_WithNamesOfAnotherUser_IsForwardedUnderItsOwn()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Group + "/processes");
        request.Headers.Add("X-Remote-User", "system:admin");
        request.Headers.Add("X-Remote-Group", "system:masters");
        request.Headers.Add("X-Remote-Extra-Scopes", "all");
        request.Headers.Add("Cookie", "a=b");
        using var answer = await Client.SendAsync(request, Cancellation);

        var headers = Assert.Single(Kubelet.Asked).Headers;
        Assert.Equal("jürgen", headers["X-Remote-User"]);
        Assert.Equal(["masters", "others"], headers["X-Remote-Group"].SelectMany(value => value!.Split(", ")));
        Assert.False(headers.ContainsKey("X-Remote-Extra-Scopes"));
        Assert.False(headers.ContainsKey("Authorization"));
        Assert.False(headers.ContainsKey("Cookie"));
    }

    [Theory]
    [InlineData("DELETE", "/namespaces/n/processes")]
    [InlineData("DELETE", "/processes")]
    [InlineData("POST", "/namespaces/n/processes")]
    [InlineData("PUT", "/namespaces/n/processes/p")]
    [InlineData("PATCH", "/namespaces/n/processes/p")]
    [InlineData("GET", "/namespaces/n/processes/p/signal")]
    [InlineData("DELETE", "/namespaces/n/processes/p/signal")]
    [InlineData("GET", "/namespaces/n/pods")]
    public async Task Request_VerbThatTheResourceDoesNotTake_Answers405AndAsksNobody(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Group + path);
        using var answer = await Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Empty(Kubelet.Asked);
    }

    [Fact]
    public async Task Request_Unauthenticated_Answers401AndAsksNobody()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Group + "/processes") { Headers = { Authorization = new("Bearer", "wrong") } };
        using var answer = await Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(Kubelet.Asked);
    }

    [Theory]
    [InlineData("1.1", true)]
    [InlineData("2.0", true)]
    [InlineData("2.0", false)]
    public async Task Delete_Body_GoesOn(string version, bool knownLength)
    {
        const string body = """{"gracePeriodSeconds":0}""";
        using var request = new HttpRequestMessage(HttpMethod.Delete, Group + "/namespaces/n/processes/a:b:1")
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = knownLength ? new StringContent(body, Encoding.UTF8) : new UnsizedContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await Client.SendAsync(request, Cancellation);

        var asked = Assert.Single(Kubelet.Asked);
        Assert.Equal(("DELETE", body, "application/json"), (asked.Method, asked.Body, asked.Headers.ContentType.ToString()));
        Assert.Equal(Group + "/namespaces/n/processes/a%3Ab%3A1", asked.Target);
    }

    [Theory]
    [InlineData("//apis/inspect.nacelle.dev/v1alpha1/processes", Group + "/processes")]
    [InlineData(Group + "/namespaces/../processes/..", Group + "/namespaces/../processes/..")]
    [InlineData(Group + "/namespaces/n/processes/%2e%2e", Group + "/namespaces/n/processes/..")]
    [InlineData(Group + "/watch/namespaces/n/processes?limit=1", Group + "/namespaces/n/processes?limit=1&watch=true")]
    [InlineData(Group + "/namespaces/n/processes/a%3Fb%23c", Group + "/namespaces/n/processes/a%3Fb%23c")]
    public async Task Get_PathThatMeansMoreThanItSays_LeadsToThisKubeletAndThisResource(string path, string target)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(Client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var answer = await Client.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(target, Assert.Single(Kubelet.Asked).Target);
    }

    [Fact]
    public async Task List_NoKubeletAnswers_Is503AndTheRestGoesOn()
    {
        await Kubelet.DisposeAsync();

        using var answer = await Client.GetAsync(Group + "/processes", Cancellation);
        var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;

        Assert.Equal((503, "ServiceUnavailable"), ((int)answer.StatusCode, (string?)status["reason"]));
        Assert.StartsWith("inspect.nacelle.dev/v1alpha1: ", (string?)status["message"]);
        foreach (var path in new[] { "/apis", "/apis/inspect.nacelle.dev", Group, "/openapi/v2", "/openapi/v3/apis/inspect.nacelle.dev/v1alpha1", "/api/v1/nodes" })
        {
            using var other = await Client.GetAsync(path, Cancellation);
            Assert.True(other.IsSuccessStatusCode, $"{path}: {other.StatusCode}");
        }
    }

    [Fact]
    public async Task List_NodeWithoutAddress_Is503()
    {
        await NodeAsync(0);

        using var answer = await Client.GetAsync(Group + "/processes", Cancellation);

        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Contains("no node serves it", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task List_KubeletOfAnotherAuthority_Is503()
    {
        var strange = PkiDirectory.Ensure(Path.Combine(_directory.FullName, "strange"), new IPEndPoint(IPAddress.Loopback, 1), "node", TimeProvider.System);
        await using var kubelet = await StubKubelet.StartAsync(strange.KubeletServing, Cancellation);
        await NodeAsync(kubelet.Port);

        using var answer = await Client.GetAsync(Group + "/processes", Cancellation);

        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Empty(kubelet.Asked);
    }

    /// <summary>Half a list must not look like a whole one, with a length or without.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task List_KubeletEndsInTheMiddle_CutsTheAnswer(bool knownLength)
    {
        Kubelet.Answer = async http =>
        {
            http.Response.ContentLength = knownLength ? 1000 : null;
            await http.Response.WriteAsync("{\"items\":[");
            await http.Response.Body.FlushAsync();
            http.Abort();
        };

        await Assert.ThrowsAsync<HttpRequestException>(() => Client.GetStringAsync(new Uri(Group + "/processes", UriKind.Relative), Cancellation));
    }

    [Fact]
    public async Task Watch_ClientLeaves_EndsTheKubeletsSideToo()
    {
        var left = WatchUntilLeft();
        using (var answer = await Client.GetAsync(Group + "/processes?watch=true", HttpCompletionOption.ResponseHeadersRead, Cancellation))
        {
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
            Assert.Equal("{}", await reader.ReadLineAsync(Cancellation));
        }

        await left.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact]
    public async Task Watch_ServerStops_EndsInOrder()
    {
        WatchUntilLeft();
        using var answer = await Client.GetAsync(Group + "/processes?watch=true", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal("{}", await reader.ReadLineAsync(Cancellation));

        var stopping = _server!.DisposeAsync().AsTask();

        Assert.Null(await reader.ReadLineAsync(Cancellation));
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        _server = null;
    }

    private async Task NodeAsync(int kubeletPort)
    {
        var node = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Node",
            ["metadata"] = new JsonObject { ["name"] = "node" },
            ["status"] = new JsonObject
            {
                ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = "127.0.0.1" }),
                ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = kubeletPort } },
            },
        };
        using var created = await Client.PostAsync("/api/v1/nodes", Json(node, "application/json"), Cancellation);
        using var updated = await Client.PatchAsync("/api/v1/nodes/node/status", Json(node, "application/merge-patch+json"), Cancellation);
        Assert.True(updated.IsSuccessStatusCode, await updated.Content.ReadAsStringAsync(Cancellation));
    }

    private static StringContent Json(JsonObject document, string type) => new(document.ToJsonString(), Encoding.UTF8) { Headers = { ContentType = new(type) } };

    /// <summary>A body whose length its header does not tell: the client asks for it when it sends.</summary>
    private sealed class UnsizedContent(string text) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

        protected override bool TryComputeLength(out long length) => (length = 0) != 0;
    }

    /// <summary>The kubelet answers with one line and goes on until whoever asked is gone, which the result tells.</summary>
    private TaskCompletionSource WatchUntilLeft()
    {
        var left = new TaskCompletionSource();
        Kubelet.Answer = async http =>
        {
            http.RequestAborted.Register(left.SetResult);
            await http.Response.WriteAsync("{}\n");
            await http.Response.Body.FlushAsync();
            await left.Task;
        };
        return left;
    }
}
