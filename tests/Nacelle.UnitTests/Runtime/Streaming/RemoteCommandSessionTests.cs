using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Nacelle.Runtime.Streaming;
using Nacelle.Runtime.Streaming.RemoteCommand;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Streaming;

public sealed class RemoteCommandSessionTests : IAsyncDisposable
{
    private readonly FakeCommandClient client = new();
    private readonly FakeTimeProvider time = new();
    private readonly Pipe stdin = new();
    private readonly Pipe stdout = new();
    private readonly TaskCompletionSource<int> exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<TerminalSize> sizes = [];
    private bool released;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => client.DisposeAsync();

    [Fact]
    public async Task RunAsync_ExecEnds_StatusFollowsAllOutput()
    {
        var running = Run(RemoteCommandKind.Exec);
        exit.SetResult(3);
        await stdout.Writer.WriteAsync("late"u8.ToArray(), Token);
        await stdout.Writer.CompleteAsync();
        await running;

        Assert.Equal(["Stdout: late", "status: Failure 3", "close"], client.Sent);
        Assert.True(released);
    }

    [Fact]
    public async Task RunAsync_ExecClosesItsOutputEarly_WaitsForTheCode()
    {
        var running = Run(RemoteCommandKind.Exec);
        await stdout.Writer.CompleteAsync();
        Assert.Empty(client.Sent);
        exit.SetResult(0);
        await running;

        Assert.Equal(["status: Success", "close"], client.Sent);
    }

    [Fact]
    public async Task RunAsync_ClientHangsUp_EndsInputAndSaysNothing()
    {
        var running = Run(RemoteCommandKind.Exec);
        client.HangUp();
        await running;

        Assert.Empty(client.Sent);
        Assert.True(released);
        Assert.True((await stdin.Reader.ReadAsync(Token)).IsCompleted);
    }

    [Fact]
    public async Task RunAsync_OutputCannotBeDelivered_EndsAsIfTheClientHungUp()
    {
        client.Reads = false;
        var running = Run(RemoteCommandKind.Exec);
        await stdout.Writer.WriteAsync("x"u8.ToArray(), Token);
        await running;

        Assert.Empty(client.Sent);
        Assert.True(released);
    }

    [Fact]
    public async Task RunAsync_ClientHalfCloses_ProcessSeesEndOfFileAndGoesOn()
    {
        var running = Run(RemoteCommandKind.Exec);
        await client.Typing.WriteAsync("hello"u8.ToArray(), Token);
        await client.Typing.CompleteAsync();
        using var reader = new StreamReader(stdin.Reader.AsStream());
        Assert.Equal("hello", await reader.ReadToEndAsync(Token));
        Assert.False(running.IsCompleted);

        await stdout.Writer.CompleteAsync();
        exit.SetResult(0);
        await running;
    }

    [Fact]
    public async Task RunAsync_ProcessReadsNoMore_InputIsDiscarded()
    {
        // Each write to this device fails.
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var running = Run(RemoteCommandKind.Exec, full);

        // More than any buffer holds.
        FlushResult flushed = default;
        for (var round = 0; round < 64; round++)
        {
            flushed = await client.Typing.WriteAsync(new byte[16 * 1024], Token);
        }

        Assert.True(flushed.IsCompleted);
        client.HangUp();
        await running;
    }

    [Fact]
    public async Task RunAsync_AttachedContainerEnds_IsSuccessWhateverItsCode()
    {
        var running = Run(RemoteCommandKind.Attach);
        await stdout.Writer.WriteAsync("bye"u8.ToArray(), Token);
        await stdout.Writer.CompleteAsync();
        await running;

        Assert.Equal(["Stdout: bye", "status: Success", "close"], client.Sent);
    }

    [Fact]
    public async Task RunAsync_AttachedContainerEndsWithOutputHeldOpen_EndsAfterAWhile()
    {
        var running = Run(RemoteCommandKind.Attach);
        exit.SetResult(1);
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await running;
        Assert.Equal(["status: Success", "close"], client.Sent);
    }

    [Fact]
    public async Task RunAsync_CannotOpen_ClientIsToldWhy()
    {
        var session = new RemoteCommandSession(client, RemoteCommandKind.Attach, time, NullLogger.Instance);

        await session.RunAsync(_ => throw new IOException("gone"), Token);

        Assert.Equal(["status: Failure error attaching to container: gone", "close"], client.Sent);
    }

    [Fact]
    public async Task RunAsync_Sizes_AreAppliedInOrder()
    {
        var running = Run(RemoteCommandKind.Attach);
        await client.Resizing.WriteAsync(Encoding.UTF8.GetBytes("""{"Width":81,"Height":25}{"Width":80,"Height":24}"""), Token);
        await client.Resizing.CompleteAsync();
        while (sizes.Count < 2)
        {
            await Task.Yield();
        }

        client.HangUp();
        await running;

        Assert.Equal([new TerminalSize(81, 25), new TerminalSize(80, 24)], sizes);
    }

    private Task Run(RemoteCommandKind kind, Stream? input = null)
    {
        var streams = new ContainerStreams
        {
            Stdin = input ?? stdin.Writer.AsStream(),
            Stdout = stdout.Reader.AsStream(),
            Resize = (size, _) =>
            {
                sizes.Add(size);
                return ValueTask.CompletedTask;
            },
            Exit = exit.Task,
            Release = () =>
            {
                released = true;
                return ValueTask.CompletedTask;
            },
        };
        return new RemoteCommandSession(client, kind, time, NullLogger.Instance).RunAsync(_ => Task.FromResult(streams), Token);
    }
}
