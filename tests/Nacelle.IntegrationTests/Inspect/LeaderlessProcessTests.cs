using System.Globalization;
using Nacelle.Inspect.Health;
using Nacelle.Inspect.Processes;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

/// <summary>The kernel calls a process a zombie whose first thread has ended, although others go on.</summary>
public sealed class LeaderlessProcessTests
{
    [Fact]
    public async Task Read_FirstThreadHasEnded_ShowsTheStateOfOneThatLives()
    {
        using var program = new EmbeddedProgram("leaderless");
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", program.Path);
        await app.Output.ReadLineAsync(ProcessLab.Cancellation);
        await UntilLeaderlessAsync(app.Pid);

        var process = Assert.Single(lab.Processes.Read([app.Container])).Process;

        Assert.Equal((ProcessState.Sleeping, 2), (process.State, process.Threads));
    }

    [Fact]
    public async Task Health_FirstThreadHasEnded_IsNoZombieBesideOneThatIs()
    {
        using var program = new EmbeddedProgram("leaderless");
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sh", "-c", "true & \"$0\" & exec sleep 1000", program.Path);
        await app.Output.ReadLineAsync(ProcessLab.Cancellation);
        await UntilLeaderlessAsync(Child(app.Pid, "leaderless"));
        await ProcessLab.UntilAsync(() => ProcessFacts.TryRead(app.Pid)?.Name == "sleep" && Facts(Child(app.Pid, "sh")) is { HasEnded: true }, "a zombie");

        var unreaped = Assert.Single(new HealthReader(lab.Tree).Read([app.Container]).Unreaped);

        Assert.Equal("sh", unreaped.Process.Name);
    }

    /// <summary>What the first thread's files tell does not change any more.</summary>
    [Fact]
    public async Task FindChanged_FirstThreadHasEnded_ShowsThatTheOthersStop()
    {
        using var program = new EmbeddedProgram("leaderless");
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", program.Path);
        await app.Output.ReadLineAsync(ProcessLab.Cancellation);
        await UntilLeaderlessAsync(app.Pid);
        var index = new ProcessIndex(lab.Tree, 1);
        index.Refresh([app.Container], _ => true);
        Assert.Empty(index.FindChanged());

        ProcessSignal.Send(app.Pid, Signal.Stop);

        await ProcessLab.UntilAsync(() => index.FindChanged().Contains(lab.Pod.Uid), "it is stopped");
    }

    [Fact]
    public async Task Signal_FirstThreadHasEnded_ReachesTheProcess()
    {
        using var program = new EmbeddedProgram("leaderless");
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", program.Path);
        await app.Output.ReadLineAsync(ProcessLab.Cancellation);
        await UntilLeaderlessAsync(app.Pid);

        using var target = SignalTarget.TryOpen(app.Pid, app.Container.MainStartTicks);

        Assert.NotNull(target);
        Assert.True(target.Send(Signal.Kill));
        await target.WaitForEndAsync(ProcessLab.Cancellation);
        Assert.Null(SignalTarget.TryOpen(app.Pid, app.Container.MainStartTicks));
    }

    private static Task UntilLeaderlessAsync(int pid) =>
        ProcessLab.UntilAsync(() => Facts(pid) is { State: 'Z', Threads: 2 }, $"the first thread of process {pid} has ended");

    private static ProcessFacts? Facts(int pid) => pid == 0 ? null : ProcessFacts.TryRead(pid);

    /// <summary>The child whose name begins like that; 0 for none.</summary>
    private static int Child(int parent, string name) =>
        File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{parent}/task/{parent}/children"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))
            .FirstOrDefault(pid => ProcessFacts.TryRead(pid)?.Name.StartsWith(name, StringComparison.Ordinal) == true);
}
