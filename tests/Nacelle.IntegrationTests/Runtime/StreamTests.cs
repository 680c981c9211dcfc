using System.Net.WebSockets;
using System.Text;
using Nacelle.Runtime.Streaming;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Runtime;

/// <summary>Exec and attach through the URLs that CRI answers, as the kubelet's proxy uses them.</summary>
public sealed class StreamTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exec_MoreUrlsThanMayWait_IsExhausted()
    {
        await using var lab = await RuntimeLab.StartAsync();
        await lab.StopRuntimeAsync();
        lab.Options = lab.Options with { Streaming = new StreamingOptions { MaximumTokens = 1 } };
        await lab.StartRuntimeAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));
        var request = new ExecRequest { ContainerId = id, Cmd = { "true" }, Stdout = true };
        await lab.Runtime.ExecAsync(request, cancellationToken: Cancellation);

        var failure = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await lab.Runtime.ExecAsync(request, cancellationToken: Cancellation));

        Assert.Equal(Grpc.Core.StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task Exec_WithoutTerminal_KeepsTheStreamsApartAndTellsTheCode()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));
        var request = new ExecRequest { ContainerId = id, Cmd = { "sh", "-c", "cat; echo err >&2; exit 3" }, Stdin = true, Stdout = true, Stderr = true };
        var url = (await lab.Runtime.ExecAsync(request, cancellationToken: Cancellation)).Url;
        using var client = await ConnectAsync(url);

        await SendAsync(client, 0, "typed\n");
        await SendAsync(client, 255, "\0");
        var output = await ReadAllAsync(client);

        Assert.Equal("typed\n", output[1]);
        Assert.Equal("err\n", output[2]);
        Assert.Contains("\"3\"", output[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_WithTerminal_HasOneOfTheSizeThatWasAsked()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));
        var request = new ExecRequest { ContainerId = id, Cmd = { "sh" }, Stdin = true, Stdout = true, Tty = true };
        var url = (await lab.Runtime.ExecAsync(request, cancellationToken: Cancellation)).Url;
        using var client = await ConnectAsync(url);

        await SendAsync(client, 4, """{"Width":101,"Height":33}""");
        await SendAsync(client, 0, "while test \"$(stty size)\" != '33 101'; do sleep 0.05; done; tty; exit 5\n");
        var output = await ReadAllAsync(client);

        Assert.Contains("/dev/pts/", output[1], StringComparison.Ordinal);
        Assert.Contains("\"5\"", output[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attach_ShellWithTerminal_AnswersTwice()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var config = lab.ContainerConfig("shell");
        config.Tty = true;
        config.Stdin = true;
        var id = await lab.RunAsync(sandboxId, sandbox, config);

        for (var round = 1; round <= 2; round++)
        {
            var request = new AttachRequest { ContainerId = id, Stdin = true, Stdout = true, Tty = true };
            using var client = await ConnectAsync((await lab.Runtime.AttachAsync(request, cancellationToken: Cancellation)).Url);
            await SendAsync(client, 0, $"echo answer-$((40 + {round}))\n");
            await ReadUntilAsync(client, $"answer-4{round}");
        }

        Assert.Equal(ContainerState.ContainerRunning, (await lab.StatusAsync(id)).Status.State);
    }

    private static async Task<ClientWebSocket> ConnectAsync(string url)
    {
        var client = new ClientWebSocket();
        client.Options.AddSubProtocol("v5.channel.k8s.io");
        await client.ConnectAsync(new Uri(url.Replace("http://", "ws://", StringComparison.Ordinal)), Cancellation);
        return client;
    }

    private static Task SendAsync(ClientWebSocket client, byte channel, string text) =>
        client.SendAsync(new ArraySegment<byte>([channel, .. Encoding.UTF8.GetBytes(text)]), WebSocketMessageType.Binary, true, Cancellation);

    /// <summary>What came on each channel until the server closed.</summary>
    private static async Task<string[]> ReadAllAsync(ClientWebSocket client)
    {
        var channels = Enumerable.Range(0, 5).Select(_ => new MemoryStream()).ToArray();
        while (await ReadAsync(client) is { } message)
        {
            channels[message[0]].Write(message.AsSpan(1));
        }

        return [.. channels.Select(channel => Encoding.UTF8.GetString(channel.ToArray()))];
    }

    private static async Task ReadUntilAsync(ClientWebSocket client, string expected)
    {
        var text = new StringBuilder();
        while (!text.ToString().Contains(expected, StringComparison.Ordinal))
        {
            var message = await ReadAsync(client) ?? throw new IOException($"closed after: {text}");
            text.Append(Encoding.UTF8.GetString(message, 1, message.Length - 1));
        }
    }

    private static async Task<byte[]?> ReadAsync(ClientWebSocket client)
    {
        var whole = new MemoryStream();
        var buffer = new byte[16384];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var part = await client.ReceiveAsync(new ArraySegment<byte>(buffer), deadline.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return whole.Length > 0 ? whole.ToArray() : [0];
            }
        }
    }
}
