using System.Net.WebSockets;
using Nacelle.Runtime.Streaming;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>Descriptors of this process, so no other test runs beside it.</summary>
[Collection(nameof(StreamingLeakTests))]
[CollectionDefinition(nameof(StreamingLeakTests), DisableParallelization = true)]
public sealed class StreamingLeakTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exec_TwoHundredSessions_LeaveNoDescriptor()
    {
        await using var lab = await new StreamingLab().StartAsync();
        for (var round = 0; round < 20; round++)
        {
            await RunAsync(lab.Streaming, leaveEarly: round % 2 == 1);
        }

        var before = Count();
        for (var round = 0; round < 200; round++)
        {
            await RunAsync(lab.Streaming, leaveEarly: round % 2 == 1);
        }

        await Eventually.HoldsAsync(() => Count() <= before + 3, $"descriptors fall back to {before}, now {Count()}");
    }

    private static int Count() => Directory.GetFiles("/proc/self/fd").Length;

    private static async Task RunAsync(StreamingServer server, bool leaveEarly)
    {
        var request = new ExecRequest { ContainerId = "c", Stdin = true, Stdout = true, Stderr = true, Cmd = { "sh", "-c", leaveEarly ? "echo up; cat" : "echo up" } };
        using var client = new ClientWebSocket();
        client.Options.AddSubProtocol("v5.channel.k8s.io");
        await client.ConnectAsync(new Uri(server.GetExecUrl(request).Replace("http://", "ws://", StringComparison.Ordinal)), Token);
        var buffer = new byte[4096];
        while (await client.ReceiveAsync(buffer.AsMemory(), Token) is { MessageType: WebSocketMessageType.Binary } message)
        {
            if (leaveEarly && message.Count > 1)
            {
                // Without a word, as a killed client.
                client.Abort();
                return;
            }
        }

        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
    }
}
