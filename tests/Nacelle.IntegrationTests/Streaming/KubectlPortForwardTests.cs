using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Xunit;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>kubectl port-forward of every version: SPDY inside a WebSocket since 1.31, SPDY before.</summary>
public sealed class KubectlPortForwardTests
{
    public static TheoryData<string> Versions => [.. Kubectl.Versions];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task PortForward_HalfClose_IsAnsweredAndClosed(string version)
    {
        // Answers only after end of file, then closes.
        using var target = new LabServer(async stream =>
        {
            using var reader = new StreamReader(stream, leaveOpen: true);
            var text = await reader.ReadToEndAsync();
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"got {text}"));
        });
        await using var lab = await new StreamingLab().StartAsync();
        await using var forward = await Forward.StartAsync(lab.Kubectl(version), target.Port);

        for (var round = 0; round < 3; round++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, forward.Port, Token);
            var stream = client.GetStream();
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"round {round}"), Token);
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            Assert.Equal($"got round {round}", await reader.ReadToEndAsync(Token));
        }

        Assert.Equal([Kubectl.SpeaksWebSocket(version, "1.31") ? "SPDY/3.1+portforward.k8s.io" : "portforward.k8s.io"], lab.Upgrades);
    }

    [Theory]
    [InlineData("1.29")]
    [InlineData("1.33")]
    public async Task PortForward_ManyAtOnce_KeepApart(string version)
    {
        using var target = new LabServer(stream => stream.CopyToAsync(stream));
        await using var lab = await new StreamingLab().StartAsync();
        await using var forward = await Forward.StartAsync(lab.Kubectl(version), target.Port);

        await Parallel.ForAsync(0, 40, Token, async (number, token) =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, forward.Port, token);
            var stream = client.GetStream();
            var sent = RandomNumberGenerator.GetBytes(100_000 + number);
            var sending = Task.Run(
                async () =>
                {
                    await stream.WriteAsync(sent, token);
                    client.Client.Shutdown(SocketShutdown.Send);
                },
                token);
            var received = new MemoryStream();
            await stream.CopyToAsync(received, token);
            await sending;
            Assert.Equal(sent, received.ToArray());
        });
    }

    [Theory]
    [InlineData("1.29")]
    [InlineData("1.33")]
    public async Task PortForward_NobodyListens_KubectlSaysSo(string version)
    {
        using var free = new LabServer(_ => Task.CompletedTask);
        var port = free.Port;
        free.Dispose();
        await using var lab = await new StreamingLab().StartAsync();
        await using var forward = await Forward.StartAsync(lab.Kubectl(version), port);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, forward.Port, Token);

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], Token));

        Assert.Contains($"failed to connect to localhost:{port} inside the sandbox", await forward.EndAsync(), StringComparison.Ordinal);
    }

    private sealed class Forward(Process process, int port) : IAsyncDisposable
    {
        public int Port => port;

        public static async Task<Forward> StartAsync(Kubectl kubectl, int target)
        {
            var process = kubectl.Start("port-forward", "--address", "127.0.0.1", "pod/web", $":{target}");
            var line = await process.StandardOutput.ReadLineAsync(Token) ?? await process.StandardError.ReadToEndAsync(Token);
            Assert.StartsWith("Forwarding from 127.0.0.1:", line, StringComparison.Ordinal);
            return new Forward(process, int.Parse(line.Split([':', ' '])[3], System.Globalization.CultureInfo.InvariantCulture));
        }

        /// <summary>Ends it and gives what it wrote to standard error.</summary>
        public async Task<string> EndAsync()
        {
            // It writes the error after it has closed the connection; its own end follows where the version ends on errors.
            process.StandardOutput.Close();
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            var text = new System.Text.StringBuilder();
            while (await process.StandardError.ReadLineAsync(deadline.Token) is { } line)
            {
                text.AppendLine(line);
                if (line.Contains("an error occurred forwarding", StringComparison.Ordinal))
                {
                    break;
                }
            }

            return text.ToString();
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }
    }
}
