using Nacelle.EndToEndTests.Terminals;
using Xunit;

namespace Nacelle.EndToEndTests.RigTests;

public sealed class TerminalTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, string?> PlainShell = new() { ["PS1"] = "> ", ["ENV"] = null };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_Shell_HasAControllingTerminalOfTheGivenSize()
    {
        await using var terminal = Terminal.Start("/bin/sh", ["-i"], PlainShell, columns: 100, rows: 30);
        var shell = new ShellSession(terminal, ">");
        await shell.WaitForPromptAsync(Cancellation);

        Assert.Equal(["30 100"], await shell.RunAsync("stty size", Cancellation));
        Assert.Equal(["30 100"], await shell.RunAsync("stty size </dev/tty", Cancellation));
    }

    [Fact]
    public async Task Resize_RunningShell_IsSeenByIt()
    {
        await using var terminal = Terminal.Start("/bin/sh", ["-i"], PlainShell);
        var shell = new ShellSession(terminal, ">");
        await shell.WaitForPromptAsync(Cancellation);

        terminal.Resize(132, 50);

        Assert.Equal(["50 132"], await shell.RunAsync("stty size", Cancellation));
    }

    [Fact]
    public async Task Type_InterruptKey_InterruptsTheForegroundProgram()
    {
        await using var terminal = Terminal.Start("/bin/sh", ["-i"], PlainShell);
        var shell = new ShellSession(terminal, ">");
        await shell.WaitForPromptAsync(Cancellation);

        terminal.Type("cat\r");
        terminal.Type("echoed\r");
        await terminal.WaitForTextAsync("echoed\nechoed", Deadline, Cancellation);
        terminal.Type("\x03");
        await shell.WaitForPromptAsync(Cancellation);

        Assert.Equal(["130"], await shell.RunAsync("echo $?", Cancellation));
    }

    [Fact]
    public async Task WaitForExit_ShellThatExits_ReturnsItsCode()
    {
        await using var terminal = Terminal.Start("/bin/sh", ["-c", "echo last words; exit 7"]);

        Assert.Equal(7, await terminal.WaitForExitAsync(Deadline, Cancellation));
        Assert.Equal("last words", terminal.Transcript);
    }

    [Fact]
    public async Task WaitForText_ThatNeverComes_ThrowsWithTheScreen()
    {
        await using var terminal = Terminal.Start("/bin/sh", ["-c", "echo something else; exec sleep 60"]);
        await terminal.WaitForTextAsync("something else", Deadline, Cancellation);

        var failure = await Assert.ThrowsAsync<TimeoutException>(
            () => terminal.WaitForTextAsync("wanted", TimeSpan.FromMilliseconds(50), Cancellation));

        Assert.Contains("'wanted' was not seen", failure.Message);
        Assert.Contains("something else", failure.Message);
    }

    [Fact]
    public async Task Dispose_ProgramThatIgnoresTheHangUp_IsKilled()
    {
        var terminal = Terminal.Start("/bin/sh", ["-c", "trap '' HUP; echo ready; while :; do sleep 1; done"]);
        await terminal.WaitForTextAsync("ready", Deadline, Cancellation);

        await terminal.DisposeAsync();

        Assert.Equal(128 + 9, await terminal.Exit);
    }
}
