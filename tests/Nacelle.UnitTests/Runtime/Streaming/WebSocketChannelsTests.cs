using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Runtime.Streaming;
using Nacelle.Runtime.Streaming.WebSockets;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Streaming;

public sealed class WebSocketChannelsTests : IAsyncDisposable
{
    private readonly WebSocket client;
    private readonly WebSocket server;
    private WebSocketChannels? channels;

    public WebSocketChannelsTests()
    {
        var (serverStream, clientStream) = DuplexStream.CreatePair();
        server = WebSocket.CreateFromStream(serverStream, new WebSocketCreationOptions { IsServer = true });
        client = WebSocket.CreateFromStream(clientStream, new WebSocketCreationOptions());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        if (channels is not null)
        {
            await channels.DisposeAsync();
        }
    }

    [Fact]
    public async Task Reader_CloseMessageOfVersion5_EndsThatChannelOnly()
    {
        Open("v5.channel.k8s.io");
        await SendAsync(0, "hello");
        await SendAsync(255, "\0");
        await SendAsync(4, "{}");

        Assert.Equal("hello", await ReadToEndAsync(0));
        Assert.False(channels!.Gone.IsCompleted);
        Assert.Equal(2, (await channels.Reader(4)!.ReadAtLeastAsync(2, Token)).Buffer.Length);
    }

    [Fact]
    public async Task Reader_CloseMessageOfVersion4_MeansNothing()
    {
        Open("v4.channel.k8s.io");
        await SendAsync(255, "\0");
        await SendAsync(0, "still here");

        var result = await channels!.Reader(0)!.ReadAtLeastAsync(10, Token);

        Assert.False(result.IsCompleted);
    }

    [Fact]
    public async Task Reader_MessageInFragments_IsJoined()
    {
        Open("v5.channel.k8s.io");
        await client.SendAsync(new byte[] { 0, (byte)'a' }, WebSocketMessageType.Binary, false, Token);
        await client.SendAsync("b"u8.ToArray(), WebSocketMessageType.Binary, false, Token);
        await client.SendAsync("c"u8.ToArray(), WebSocketMessageType.Binary, true, Token);
        await SendAsync(255, "\0");

        Assert.Equal("abc", await ReadToEndAsync(0));
    }

    [Fact]
    public async Task Reader_UnknownChannel_IsDropped()
    {
        Open("v5.channel.k8s.io");
        await SendAsync(9, "what");
        await SendAsync(1, "ever");
        await SendAsync(0, "x");
        await SendAsync(255, "\0");

        Assert.Equal("x", await ReadToEndAsync(0));
    }

    [Fact]
    public async Task SendAsync_MoreThanAChunk_NamesTheChannelInEachMessage()
    {
        Open("v5.channel.k8s.io");
        var sent = Enumerable.Range(0, 100_000).Select(number => (byte)(number % 251)).ToArray();

        var sending = Task.Run(async () => await channels!.SendAsync(1, sent, Token), Token);
        var received = new List<byte>();
        while (received.Count < sent.Length)
        {
            var message = await ReceiveAsync();
            Assert.Equal(1, message[0]);
            received.AddRange(message[1..]);
        }

        await sending;
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task CloseAsync_StdinUnread_StillEnds()
    {
        Open("v5.channel.k8s.io");
        var flooding = Task.Run(
            async () =>
            {
                for (var index = 0; index < 64; index++)
                {
                    await SendAsync(0, new string('x', 16 * 1024));
                }
            },
            Token);
        var closing = channels!.CloseAsync(Token);

        Assert.Empty(await ReceiveAsync());
        await flooding;
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        await closing;

        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        Assert.True(channels.Gone.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Gone_ClientCloses_EndsChannelsAndAnswers()
    {
        Open("v4.channel.k8s.io");
        await SendAsync(0, "bye");

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);

        await channels!.Gone.WaitAsync(Token);
        Assert.Equal("bye", await ReadToEndAsync(0));
    }

    private void Open(string subprotocol) =>
        channels = new WebSocketChannels(server, subprotocol, [0, 4], new StreamingOptions(), NullLogger.Instance, CancellationToken.None);

    private Task SendAsync(byte channel, string text) =>
        client.SendAsync((byte[])[channel, .. Encoding.UTF8.GetBytes(text)], WebSocketMessageType.Binary, true, Token);

    private async Task<string> ReadToEndAsync(byte channel)
    {
        using var reader = new StreamReader(channels!.Reader(channel)!.AsStream());
        return await reader.ReadToEndAsync(Token);
    }

    private async Task<byte[]> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        var count = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await client.ReceiveAsync(buffer.AsMemory(count), Token);
            count += result.Count;
        }
        while (!result.EndOfMessage);
        return buffer[..count];
    }
}
