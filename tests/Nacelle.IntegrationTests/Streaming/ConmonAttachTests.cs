using System.Text;
using Nacelle.Runtime.Streaming;
using Xunit;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>Attach to containers of real conmon and crun (root).</summary>
public sealed class ConmonAttachTests
{
    public ConmonAttachTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAsync_BothOutputs_ComeApart()
    {
        await using var container = await ConmonContainer.StartAsync("read x; echo out; echo err >&2; read y; exit 5");
        await using var streams = await container.AttachAsync();
        await streams.Stdin!.WriteAsync("go\n"u8.ToArray(), Token);

        Assert.Equal("out\n", await ReadAsync(streams.Stdout!, "out\n"));
        Assert.Equal("err\n", await ReadAsync(streams.Stderr!, "err\n"));
        await streams.Stdin!.WriteAsync("end\n"u8.ToArray(), Token);

        Assert.Equal(5, await streams.Exit);
        Assert.Equal(0, await streams.Stdout!.ReadAsync(new byte[1], Token));
        Assert.Equal(0, await streams.Stderr!.ReadAsync(new byte[1], Token));
    }

    [Fact]
    public async Task Stdin_ClosedWithStdinOnce_EndsTheContainersInput()
    {
        await using var container = await ConmonContainer.StartAsync("cat; echo end", stdinOnce: true);
        await using var streams = await container.AttachAsync();
        await streams.Stdin!.WriteAsync("hello\n"u8.ToArray(), Token);
        await streams.Stdin.DisposeAsync();

        using var reader = new StreamReader(streams.Stdout!);
        Assert.Equal("hello\nend\n", await reader.ReadToEndAsync(Token));
        Assert.Equal(0, await streams.Exit);
    }

    [Fact]
    public async Task Stdin_ClosedWithoutStdinOnce_LeavesTheContainersInputOpen()
    {
        await using var container = await ConmonContainer.StartAsync("cat; echo end");
        await using (var first = await container.AttachAsync())
        {
            await first.Stdin!.WriteAsync("one\n"u8.ToArray(), Token);
            await first.Stdin.DisposeAsync();
            Assert.Equal("one\n", await ReadAsync(first.Stdout!, "one\n"));
        }

        await using var second = await container.AttachAsync();
        await second.Stdin!.WriteAsync("two\n"u8.ToArray(), Token);

        Assert.Equal("two\n", await ReadAsync(second.Stdout!, "two\n"));
        Assert.False(container.HasEnded);
    }

    [Fact]
    public async Task OpenAsync_FiftyInARow_EachIsAnswered()
    {
        await using var container = await ConmonContainer.StartAsync("exec cat");
        for (var round = 0; round < 50; round++)
        {
            await using var streams = await container.AttachAsync();
            await streams.Stdin!.WriteAsync(Encoding.UTF8.GetBytes($"round {round}\n"), Token);
            Assert.Equal($"round {round}\n", await ReadAsync(streams.Stdout!, $"round {round}\n"));
        }

        Assert.False(container.HasEnded);
    }

    [Fact]
    public async Task Resize_Terminal_IsSeenInside()
    {
        await using var container = await ConmonContainer.StartAsync("while read line; do stty size; done", tty: true);
        await using var streams = await container.AttachAsync(tty: true);
        await streams.Resize!(new TerminalSize(81, 25), Token);
        await streams.Resize!(new TerminalSize(80, 24), Token);

        // conmon reads the control file when it gets to it, so ask until it has.
        var seen = new StringBuilder();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!seen.ToString().Contains("24 80", StringComparison.Ordinal))
        {
            await streams.Stdin!.WriteAsync("\n"u8.ToArray(), deadline.Token);
            var buffer = new byte[1024];
            seen.Append(Encoding.UTF8.GetString(buffer, 0, await streams.Stdout!.ReadAsync(buffer, deadline.Token)));
        }

        Assert.Null(streams.Stderr);
    }

    [Fact]
    public async Task Stdout_TwentyMegabytes_NoneIsLost()
    {
        const int Size = 20 * 1024 * 1024;
        await using var container = await ConmonContainer.StartAsync($"read x; yes | head -c {Size}");
        await using var streams = await container.AttachAsync();
        await streams.Stdin!.WriteAsync("go\n"u8.ToArray(), Token);

        var buffer = new byte[64 * 1024];
        long total = 0;
        int count;
        while ((count = await streams.Stdout!.ReadAsync(buffer, Token)) > 0)
        {
            total += count;
        }

        Assert.Equal(Size, total);
    }

    [Fact]
    public async Task Stdin_LargeInput_ArrivesWhole()
    {
        const int Size = 3 * 1024 * 1024;
        await using var container = await ConmonContainer.StartAsync("wc -c", stdinOnce: true);
        await using var streams = await container.AttachAsync();
        await streams.Stdin!.WriteAsync(new byte[Size], Token);
        await streams.Stdin.DisposeAsync();

        using var reader = new StreamReader(streams.Stdout!);
        Assert.Equal($"{Size}\n", await reader.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task OpenAsync_BundlePathLongerThanASocketAddress_Works()
    {
        await using var container = await ConmonContainer.StartAsync("exec cat", nameLength: 120);
        await using var streams = await container.AttachAsync();
        await streams.Stdin!.WriteAsync("x\n"u8.ToArray(), Token);

        Assert.Equal("x\n", await ReadAsync(streams.Stdout!, "x\n"));
    }

    [Fact]
    public async Task OpenAsync_ContainerHasEnded_Throws()
    {
        await using var container = await ConmonContainer.StartAsync("exit 0");
        await container.ExitAsync();

        await Eventually.HoldsAsync(
            () =>
            {
                try
                {
                    container.AttachAsync().GetAwaiter().GetResult().DisposeAsync().AsTask().GetAwaiter().GetResult();
                    return false;
                }
                catch (IOException)
                {
                    return true;
                }
            },
            "attach is refused");
    }

    private static async Task<string> ReadAsync(Stream stream, string expected)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        var buffer = new byte[expected.Length];
        await stream.ReadExactlyAsync(buffer, deadline.Token);
        return Encoding.UTF8.GetString(buffer);
    }
}
