using Nacelle.Linux;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.UnitTests.Linux;

public sealed class ChildProcessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_ProgramThatWritesAndFails_GivesBothStreamsAndTheCode()
    {
        var result = await ChildProcess.RunAsync(Shell("echo out; echo err >&2; exit 3"), Cancellation);

        Assert.Equal(new ExitStatus(3, Signal.None), result.Exit);
        Assert.Equal("out\n", result.Output);
        Assert.Equal("err\n", result.Error);
    }

    [Fact]
    public async Task WaitForExitAsync_EndedBySignal_Gives128PlusSignal()
    {
        var child = ChildProcess.Start(Shell("kill -TERM $$"));

        Assert.Equal(new ExitStatus(143, Signal.Terminate), await child.WaitForExitAsync(Cancellation));
        Assert.False(child.Send(Signal.Kill));
    }

    [Fact]
    public async Task RunAsync_Always_PassesOnlyTheStandardDescriptors()
    {
        using var pipe = new Pipe();
        var result = await ChildProcess.RunAsync(Shell("ls /proc/self/fd | tr '\\n' ' '"), Cancellation);

        // 3 is ls's own descriptor of the directory.
        Assert.Equal("0 1 2 3 ", result.Output);
    }

    [Fact]
    public async Task Start_DescriptorAboveTheStandardOnes_ArrivesUnderItsNumber()
    {
        using var pipe = new Pipe();
        var child = ChildProcess.Start(Shell("echo hello >&5") with { Descriptors = [new(5, pipe.Writer)] });
        pipe.Writer.Dispose();

        Assert.Equal("hello\n", await PipeText.ReadAsync(pipe.Reader, Cancellation));
        Assert.True((await child.WaitForExitAsync(Cancellation)).Success);
    }

    [Fact]
    public async Task RunAsync_Always_ResetsIgnoredSignals()
    {
        // .NET ignores SIGPIPE, bit 12 of the mask.
        var result = await ChildProcess.RunAsync(Shell("grep SigIgn /proc/self/status"), Cancellation);
        var ignored = Convert.ToUInt64(result.Output.Split('\t')[1].Trim(), 16);

        // glibc leaves its own two, 32 and 33, ignored.
        Assert.Equal(0UL, ignored & ~0x1_8000_0000UL);
    }

    [Fact]
    public void Start_NoSuchProgram_ThrowsWithThePath()
    {
        var failure = Assert.Throws<LinuxException>(() => ChildProcess.Start(new ChildProcessStart { Path = "/no/such/program" }));

        Assert.Equal(Errno.ENOENT, failure.Errno);
        Assert.Equal("/no/such/program", failure.Path);
    }

    private static ChildProcessStart Shell(string script) => new() { Path = "/bin/sh", Arguments = ["-c", script] };
}
