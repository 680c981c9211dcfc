using System.Text;
using Nacelle.Kubelet.NodeApi;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.NodeApi;

public sealed class CriLogTests : IDisposable
{
    private const string Log = """
        2026-01-02T03:04:05.000000001Z stdout F one
        2026-01-02T03:04:06.000000002Z stderr F two
        2026-01-02T03:04:07.000000003+00:00 stdout P thr
        2026-01-02T03:04:07.000000004Z stdout F ee
        2026-01-02T03:04:08.000000005Z stdout F 

        """;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("2026-01-02T03:04:05.000000001Z stdout F hello world", true, false, false, "hello world")]
    [InlineData("2026-01-02T03:04:05.000000001Z stderr P part", true, true, true, "part")]
    [InlineData("2026-01-02T03:04:05.000000001Z stdout F ", true, false, false, "")]
    [InlineData("2026-01-02T03:04:05.000000001Z stdout F", true, false, false, "")]
    [InlineData("2026-01-02T03:04:05.000000001Z stdin F x", false, false, false, "")]
    [InlineData("garbage", false, false, false, "")]
    [InlineData("", false, false, false, "")]
    public void TryParse_Line_SplitsIt(string text, bool valid, bool stderr, bool partial, string content)
    {
        Assert.Equal(valid, CriLogLine.TryParse(Encoding.UTF8.GetBytes(text), out var line));
        if (valid)
        {
            Assert.Equal((stderr, partial, content), (line.Stderr, line.Partial, Encoding.UTF8.GetString(line.Content.Span)));
            Assert.Equal(5, line.Time!.Value.Second);
        }
    }

    [Fact]
    public async Task CopyTo_WholeLog_JoinsPartialLines() => Assert.Equal("one\ntwo\nthree\n\n", await ReadAsync(new LogOptions()));

    [Fact]
    public async Task CopyTo_TailLines_CountsLinesOfTheFile() =>
        Assert.Equal("ee\n\n", await ReadAsync(new LogOptions { TailLines = 2 }));

    [Fact]
    public async Task CopyTo_TailZero_IsEmpty() => Assert.Equal("", await ReadAsync(new LogOptions { TailLines = 0 }));

    [Fact]
    public async Task CopyTo_MoreTailThanLines_IsAll() => Assert.StartsWith("one\n", await ReadAsync(new LogOptions { TailLines = 99 }), StringComparison.Ordinal);

    [Fact]
    public async Task CopyTo_Timestamps_PrecedeEachLineOnce() => Assert.Equal(
        "2026-01-02T03:04:07.000000003Z three\n2026-01-02T03:04:08.000000005Z \n",
        await ReadAsync(new LogOptions { Timestamps = true, TailLines = 3 }));

    [Fact]
    public async Task CopyTo_Since_LeavesOutOlderLines() => Assert.Equal(
        "two\nthree\n\n", await ReadAsync(new LogOptions { Since = Pods.Epoch.AddSeconds(1) }));

    [Fact]
    public async Task CopyTo_LimitBytes_CutsExactly() => Assert.Equal("one\ntw", await ReadAsync(new LogOptions { LimitBytes = 6 }));

    [Fact]
    public async Task CopyTo_OneStream_LeavesOutTheOther() => Assert.Equal("two\n", await ReadAsync(new LogOptions { Stderr = true }));

    [Fact]
    public async Task CopyTo_LongLine_IsCopiedWhole()
    {
        var text = new string('x', 300_000);
        await File.WriteAllTextAsync(
            _path, $"2026-01-02T03:04:05.000000001Z stdout F {text}\n", TestContext.Current.CancellationToken);

        Assert.Equal(text + "\n", await CopyAsync(new LogOptions(), () => false));
    }

    [Fact]
    public async Task CopyTo_Follow_EndsWithTheContainerAndLosesNothing()
    {
        await File.WriteAllTextAsync(_path, Log, TestContext.Current.CancellationToken);
        var asked = 0;

        var text = await CopyAsync(new LogOptions { Follow = true, TailLines = 1 }, () =>
        {
            // The container writes its last line and ends between two looks at the file.
            File.AppendAllText(_path, "2026-01-02T03:04:09.000000005Z stdout F last\n");
            return ++asked > 1;
        });

        Assert.Equal("\nlast\n", text);
    }

    private async Task<string> ReadAsync(LogOptions options)
    {
        await File.WriteAllTextAsync(_path, Log, TestContext.Current.CancellationToken);
        return await CopyAsync(options, () => false);
    }

    private async Task<string> CopyAsync(LogOptions options, Func<bool> running)
    {
        using var output = new MemoryStream();
        var stream = new LogStream(_path, options, _ => ValueTask.FromResult(running()), TimeProvider.System);
        await stream.CopyToAsync(output, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
