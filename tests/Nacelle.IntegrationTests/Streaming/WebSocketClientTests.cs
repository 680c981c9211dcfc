using System.Net;
using System.Net.WebSockets;
using System.Text;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>The streaming server as client libraries and CRI clients speak to it.</summary>
public sealed class WebSocketClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v5.channel.k8s.io", """{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}""")]
    [InlineData("v4.channel.k8s.io", """{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}""")]
    [InlineData("channel.k8s.io", "command terminated with non-zero exit code: exit status 3")]
    [InlineData(null, "command terminated with non-zero exit code: exit status 3")]
    public async Task Exec_EachSubprotocol_StatusComesLast(string? subprotocol, string status)
    {
        await using var lab = await new StreamingLab().StartAsync();
        using var client = await ConnectAsync(lab.Streaming.GetExecUrl(Command("echo hello; exit 3")), subprotocol);

        var messages = await ReceiveAllAsync(client);

        Assert.Equal([(1, ""), (1, "hello\n"), (3, status)], messages);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task Url_UsedTwice_IsNotFound()
    {
        await using var lab = await new StreamingLab().StartAsync();
        var url = lab.Streaming.GetExecUrl(Command("true"));
        using var first = await ConnectAsync(url, "v5.channel.k8s.io");
        await ReceiveAllAsync(first);

        using var second = new ClientWebSocket();
        second.Options.CollectHttpResponseDetails = true;
        second.Options.AddSubProtocol("v5.channel.k8s.io");
        await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(Uri(url), Token));

        Assert.Equal(HttpStatusCode.NotFound, second.HttpStatusCode);
    }

    [Fact]
    public async Task Exec_UnknownSubprotocol_IsRefused()
    {
        await using var lab = await new StreamingLab().StartAsync();
        using var client = new ClientWebSocket();
        client.Options.CollectHttpResponseDetails = true;
        client.Options.AddSubProtocol("v9.channel.k8s.io");

        await Assert.ThrowsAsync<WebSocketException>(() => client.ConnectAsync(Uri(lab.Streaming.GetExecUrl(Command("true"))), Token));

        Assert.Equal(HttpStatusCode.BadRequest, client.HttpStatusCode);
    }

    [Fact]
    public async Task GetExecUrl_ContradictoryRequest_Throws()
    {
        await using var lab = await new StreamingLab().StartAsync();

        Assert.Throws<ArgumentException>(() => lab.Streaming.GetExecUrl(new ExecRequest { Tty = true, Stdout = true, Stderr = true }));
        Assert.Throws<ArgumentException>(() => lab.Streaming.GetAttachUrl(new AttachRequest()));
    }

    [Fact]
    public async Task Exec_ServerStops_ClientIsLetGo()
    {
        await using var lab = await new StreamingLab().StartAsync();
        using var client = await ConnectAsync(lab.Streaming.GetExecUrl(Command("exec sleep 1000")), "v5.channel.k8s.io");
        await client.ReceiveAsync(new byte[10], Token);

        await lab.Streaming.DisposeAsync();

        await Assert.ThrowsAnyAsync<WebSocketException>(() => client.ReceiveAsync(new byte[10], Token));
    }

    [Fact]
    public async Task Exec_BrowsersTokenAmongSubprotocols_StaysWithTheApi()
    {
        await using var lab = await new StreamingLab().StartAsync();
        using var client = new ClientWebSocket();
        client.Options.AddSubProtocol("base64url.bearer.authorization.k8s.io.dA");
        client.Options.AddSubProtocol("v4.channel.k8s.io");
        client.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) => lab.Trusts(certificate);
        var url = new UriBuilder(new Uri(lab.Api, "/api/v1/namespaces/default/pods/web/exec?container=main&stdout=true&command=echo&command=hi")) { Scheme = "wss" };

        await client.ConnectAsync(url.Uri, Token);

        Assert.Contains((1, "hi\n"), await ReceiveAllAsync(client));
        Assert.False(lab.CredentialPassedOn);
    }

    [Fact]
    public async Task Exec_NoUpgrade_IsABadRequest()
    {
        await using var lab = await new StreamingLab().StartAsync();
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => lab.Trusts(certificate);
        using var client = new HttpClient(handler);

        var api = await client.GetAsync(new Uri(lab.Api, "/api/v1/namespaces/default/pods/web/exec?container=main&stdout=true&command=ls"), Token);
        var runtime = await client.GetAsync(new Uri(lab.Streaming.GetExecUrl(Command("true"))), Token);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (api.StatusCode, runtime.StatusCode));
        Assert.Contains("\"message\":\"Upgrade request required\"", await api.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortForward_Channels_CarryDataAndErrors()
    {
        using var target = new LabServer(stream => stream.CopyToAsync(stream));
        using var closed = new LabServer(_ => Task.CompletedTask);
        closed.Dispose();
        await using var lab = await new StreamingLab().StartAsync();
        var url = lab.Streaming.GetPortForwardUrl(new PortForwardRequest { PodSandboxId = "s", Port = { target.Port, closed.Port } });
        using var client = await ConnectAsync(url, "v4.channel.k8s.io");
        await client.SendAsync((byte[])[0, .. "hello"u8], WebSocketMessageType.Binary, true, Token);

        var received = new Dictionary<int, string>();
        while (received.GetValueOrDefault(0)?.Length < 7 || received.GetValueOrDefault(3)?.Length <= 2 || received.Count < 4)
        {
            var (channel, text) = await ReceiveAsync(client) ?? throw new InvalidOperationException("closed early");
            received[channel] = received.GetValueOrDefault(channel) + text;
        }

        Assert.Equal(Port(target.Port) + "hello", received[0]);
        Assert.Equal(Port(target.Port), received[1]);
        Assert.Equal(Port(closed.Port), received[2]);
        Assert.StartsWith(Port(closed.Port) + $"error forwarding port {closed.Port} to pod s: ", received[3], StringComparison.Ordinal);
    }

    private static string Port(int port) => Encoding.Latin1.GetString([(byte)port, (byte)(port >> 8)]);

    private static ExecRequest Command(string script) =>
        new() { ContainerId = "c", Stdout = true, Stderr = true, Cmd = { "sh", "-c", script } };

    private static Uri Uri(string url) => new(url.Replace("http://", "ws://", StringComparison.Ordinal));

    private static async Task<ClientWebSocket> ConnectAsync(string url, string? subprotocol)
    {
        var client = new ClientWebSocket();
        if (subprotocol is not null)
        {
            client.Options.AddSubProtocol(subprotocol);
        }

        await client.ConnectAsync(Uri(url), Token);
        Assert.Equal(subprotocol, client.SubProtocol);
        return client;
    }

    private static async Task<List<(int Channel, string Text)>> ReceiveAllAsync(ClientWebSocket client)
    {
        var messages = new List<(int, string)>();
        while (await ReceiveAsync(client) is { } message)
        {
            messages.Add(message);
        }

        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        return messages;
    }

    private static async Task<(int Channel, string Text)?> ReceiveAsync(ClientWebSocket client)
    {
        var buffer = new byte[64 * 1024];
        var result = await client.ReceiveAsync(buffer.AsMemory(), Token);
        Assert.True(result.EndOfMessage);
        return result.MessageType == WebSocketMessageType.Close ? null : (buffer[0], Encoding.Latin1.GetString(buffer, 1, result.Count - 1));
    }
}
