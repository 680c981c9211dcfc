using Nacelle.Runtime.Streaming;
using Xunit;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>kubectl attach of every version.</summary>
public sealed class KubectlAttachTests
{
    public static TheoryData<string> Versions => [.. Kubectl.Versions];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Attach_ContainerEnds_ClientEndsWell(string version)
    {
        LabTerminal terminal = null!;
        await using var lab = await new StreamingLab { OpenAttach = (request, _) => Task.FromResult((terminal = new LabTerminal()).Attach(request.Tty)) }.StartAsync();

        var result = await lab.Kubectl(version).RunAsync("hello\nexit\n", "attach", "-i", "web", "-c", "main");

        Assert.Equal((0, "ready\r\nhello\nexit\n"), (result.ExitCode, result.Output));
        Assert.Equal((1, 1), (terminal.Attached, terminal.Detached));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Attach_Terminal_FirstSizeIsOffByOneThenRight(string version)
    {
        var terminal = new LabTerminal();
        await using var lab = await new StreamingLab { OpenAttach = (request, _) => Task.FromResult(terminal.Attach(request.Tty)) }.StartAsync();
        using var process = lab.Kubectl(version).StartInTerminal("attach", "-it", "web", "-c", "shell");
        try
        {
            await Eventually.HoldsAsync(() => terminal.Sizes.Count >= 2, "two terminal sizes arrive");
        }
        finally
        {
            terminal.End(0);
        }

        var result = await Kubectl.FinishAsync(process, "");

        Assert.Equal(0, result.ExitCode);
        // An older kubectl may have thrown it away, and says so: see Kubectl.RunAsync.
        Assert.Matches("ready|Unknown stream id", result.Output);
        Assert.Equal([new TerminalSize(81, 25), new TerminalSize(80, 24)], terminal.Sizes);
    }

    [Theory]
    [InlineData("1.29")]
    [InlineData("1.33")]
    public async Task Attach_ClientKilled_ContainerStays(string version)
    {
        var terminal = new LabTerminal();
        await using var lab = await new StreamingLab { OpenAttach = (request, _) => Task.FromResult(terminal.Attach(request.Tty)) }.StartAsync();
        for (var round = 1; round <= 2; round++)
        {
            using var process = lab.Kubectl(version).Start("attach", "-i", "web", "-c", "main");
            Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

            process.Kill();

            await Eventually.HoldsAsync(() => terminal.Detached == round, "the attach is given back");
        }
    }

    [Theory]
    [InlineData("1.29", 10)]
    [InlineData("1.33", 50)]
    public async Task Attach_ManyInARow_NoneHangs(string version, int times)
    {
        await using var lab = await new StreamingLab { OpenAttach = (request, _) => Task.FromResult(new LabTerminal().Attach(request.Tty)) }.StartAsync();
        for (var round = 0; round < times; round++)
        {
            var result = await lab.Kubectl(version).RunAsync($"round {round} exit\n", "attach", "-i", "web", "-c", "main");

            Assert.Equal((0, $"ready\r\nround {round} exit\n"), (result.ExitCode, result.Output));
        }
    }
}
