using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.ApiServer;
using Xunit;

namespace Nacelle.UnitTests.ApiServer;

/// <summary>A whole server on a unix socket in a directory of its own.</summary>
public sealed class ApiServerFixture : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("nacelle-api-").FullName;
    private ApiServerHost? host;
    private HttpClient? client;

    public HttpClient Client => client ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        string socketPath = Path.Combine(directory, "api.sock");
        host = await ApiServerHost.StartAsync(
            new ApiServerOptions { StateDirectory = Path.Combine(directory, "state"), Listen = null, UnixSocketPath = socketPath },
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken);
        client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new Uri("http://nacelle") };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("unit-test/1.0");
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (host is not null)
        {
            await host.DisposeAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    public async Task<(int Code, JsonObject Body)> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using HttpResponseMessage response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(text)!.AsObject());
    }

    public async Task<JsonObject> CreateAsync(string path, string body)
    {
        (int code, JsonObject created) = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(code == 201, $"POST {path}: {code} {created.ToJsonString()}");
        return created;
    }

    public async Task<string> NamespaceAsync()
    {
        JsonObject created = await CreateAsync(
            "/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"generateName":"t-"}}""");
        return (string)created["metadata"]!["name"]!;
    }
}
