using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Runtime.Streaming;
using Nacelle.Runtime.Streaming.Spdy;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Streaming;

public sealed class SpdyConnectionTests : IAsyncDisposable
{
    private readonly DuplexStream client;
    private readonly SpdyConnection connection;

    public SpdyConnectionTests()
    {
        (var server, client) = DuplexStream.CreatePair();
        connection = new SpdyConnection(server, new StreamingOptions(), NullLogger.Instance, CancellationToken.None);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Accepted_RecordedExec_GivesFourStreamsByType()
    {
        await client.WriteAsync(RecordedFrames.Exec, Token);

        var types = new List<string>();
        for (var index = 0; index < 4; index++)
        {
            types.Add((await connection.Accepted.ReadAsync(Token)).Headers["streamType"]);
        }

        Assert.Equal(["error", "stdin", "stdout", "stderr"], types);
    }

    [Fact]
    public async Task Input_RecordedExec_EndsAfterWhatWasTyped()
    {
        await client.WriteAsync(RecordedFrames.Exec, Token);
        await connection.Accepted.ReadAsync(Token);
        var stdin = await connection.Accepted.ReadAsync(Token);

        using var reader = new StreamReader(stdin.Input.AsStream());

        Assert.Equal("hello\n", await reader.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Accepted_RecordedPortForward_GivesPairWithPortAndRequest()
    {
        await client.WriteAsync(RecordedFrames.PortForward, Token);
        var error = await connection.Accepted.ReadAsync(Token);
        var data = await connection.Accepted.ReadAsync(Token);

        Assert.Equal(("error", "80", "0"), (error.Headers["streamtype"], error.Headers["port"], error.Headers["requestid"]));
        Assert.Equal(("data", "80", "0"), (data.Headers["streamtype"], data.Headers["port"], data.Headers["requestid"]));
    }

    [Fact]
    public async Task Accepted_EachStream_IsReplied()
    {
        await client.WriteAsync(RecordedFrames.PortForward, Token);
        var first = await ReadFrameAsync();
        var second = await ReadFrameAsync();
        using var inflater = new SpdyHeaderInflater();

        Assert.Equal((SpdyFrameType.SynReply, 1u), (first.Header.Type, BinaryPrimitives.ReadUInt32BigEndian(first.Payload)));
        Assert.Equal((SpdyFrameType.SynReply, 3u), (second.Header.Type, BinaryPrimitives.ReadUInt32BigEndian(second.Payload)));
        Assert.Empty(SpdyHeaders.Decode(inflater.Inflate(first.Payload.AsSpan(4))));
        Assert.Empty(SpdyHeaders.Decode(inflater.Inflate(second.Payload.AsSpan(4))));
    }

    [Fact]
    public async Task Ping_FromClient_IsEchoed()
    {
        await client.WriteAsync(Control(SpdyFrameType.Ping, 7), Token);

        var frame = await ReadFrameAsync();

        Assert.Equal((SpdyFrameType.Ping, 7u), (frame.Header.Type, BinaryPrimitives.ReadUInt32BigEndian(frame.Payload)));
    }

    [Fact]
    public async Task WriteAsync_MoreThanAFrame_IsCutAndEndsWithFin()
    {
        await client.WriteAsync(RecordedFrames.PortForward, Token);
        await connection.Accepted.ReadAsync(Token);
        var data = await connection.Accepted.ReadAsync(Token);
        await ReadFrameAsync();
        await ReadFrameAsync();
        var sent = Enumerable.Range(0, 100_000).Select(number => (byte)number).ToArray();

        var writing = Task.Run(
            async () =>
            {
                await data.WriteAsync(sent, Token);
                await data.CompleteAsync(Token);
            },
            Token);
        var received = new List<byte>();
        (SpdyFrameHeader Header, byte[] Payload) frame;
        do
        {
            frame = await ReadFrameAsync();
            Assert.Equal(3u, frame.Header.StreamId);
            received.AddRange(frame.Payload);
        }
        while (frame.Header.Flags != SpdyFrameHeader.Fin);
        await writing;

        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Input_StreamReset_FailsTheReader()
    {
        await client.WriteAsync(RecordedFrames.PortForward, Token);
        await connection.Accepted.ReadAsync(Token);
        var data = await connection.Accepted.ReadAsync(Token);
        await client.WriteAsync(Control(SpdyFrameType.RstStream, 3, 5), Token);

        await Assert.ThrowsAsync<IOException>(async () => await data.Input.CopyToAsync(Stream.Null, Token));
        await Assert.ThrowsAsync<IOException>(async () => await data.WriteAsync(new byte[1], Token));
    }

    [Fact]
    public async Task Gone_ClientHangsUp_EndsStreams()
    {
        await client.WriteAsync(RecordedFrames.PortForward, Token);
        var error = await connection.Accepted.ReadAsync(Token);
        var data = await connection.Accepted.ReadAsync(Token);
        await client.DisposeAsync();

        await connection.Gone.WaitAsync(Token);

        await error.Input.CopyToAsync(Stream.Null, Token);
        await Assert.ThrowsAsync<IOException>(async () => await data.Input.CopyToAsync(Stream.Null, Token));
        Assert.False(await connection.Accepted.WaitToReadAsync(Token));
    }

    [Theory]
    [InlineData("8002000600000004")]
    [InlineData("80030001ffffffff")]
    [InlineData("474554202f20485454502f312e310d0a")]
    public async Task Gone_NotSpdy_EndsTheConnection(string bytes)
    {
        await client.WriteAsync(Convert.FromHexString(bytes), Token);
        await client.DisposeAsync();

        await connection.Gone.WaitAsync(Token);

        Assert.False(await connection.Accepted.WaitToReadAsync(Token));
    }

    [Fact]
    public async Task CloseAsync_ClientHangsUp_SaidGoAwayWithLastStream()
    {
        await client.WriteAsync(RecordedFrames.PortForward, Token);
        await connection.Accepted.ReadAsync(Token);
        await connection.Accepted.ReadAsync(Token);
        await ReadFrameAsync();
        await ReadFrameAsync();

        var closing = connection.CloseAsync(Token);
        var frame = await ReadFrameAsync();
        await client.DisposeAsync();
        await closing;

        Assert.Equal(SpdyFrameType.GoAway, frame.Header.Type);
        Assert.Equal(Convert.FromHexString("0000000300000000"), frame.Payload);
    }

    private static byte[] Control(SpdyFrameType type, params uint[] numbers)
    {
        var frame = new byte[SpdyFrameHeader.Size + (4 * numbers.Length)];
        SpdyFrameHeader.Control(type, 0, 4 * numbers.Length).Write(frame);
        for (var index = 0; index < numbers.Length; index++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(SpdyFrameHeader.Size + (4 * index)), numbers[index]);
        }

        return frame;
    }

    private async Task<(SpdyFrameHeader Header, byte[] Payload)> ReadFrameAsync()
    {
        var bytes = new byte[SpdyFrameHeader.Size];
        await client.ReadExactlyAsync(bytes, Token);
        var header = SpdyFrameHeader.Read(bytes);
        var payload = new byte[header.Length];
        await client.ReadExactlyAsync(payload, Token);
        return (header, payload);
    }
}
