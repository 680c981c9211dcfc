using Nacelle.Inspect.Processes;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

public sealed class SignalTargetTests
{
    [Fact]
    public async Task TryOpen_LaterProcessOfThatPid_IsNotOpened()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");

        Assert.Null(SignalTarget.TryOpen(app.Pid, app.Container.MainStartTicks - 1));
        Assert.Null(SignalTarget.TryOpen(app.Pid, app.Container.MainStartTicks + 1));
        using var target = SignalTarget.TryOpen(app.Pid, app.Container.MainStartTicks);
        Assert.NotNull(target);
    }

    [Fact]
    public async Task Send_ProcessThatHasEndedSince_ReachesNobody()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        using var target = SignalTarget.TryOpen(app.Pid, app.Container.MainStartTicks)!;
        await app.EndAsync();

        Assert.False(target.Send(Signal.Kill));
        await target.WaitForEndAsync(ProcessLab.Cancellation);
    }

    [Fact]
    public async Task TryOpen_Zombie_IsNotOpened()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartObedientAsync();
        await app.TellAsync("zombie");
        ContainerProcess[] zombies = [];
        await ProcessLab.UntilAsync(
            () => (zombies = [.. lab.Processes.Read([app.Container]).Where(p => p.Process.State == ProcessState.Zombie)]).Length == 1, "a zombie");

        Assert.Null(SignalTarget.TryOpen(zombies[0].Process.HostPid, zombies[0].Process.StartTicks));
        Assert.Empty(zombies[0].Process.Arguments);
    }

    /// <summary>What is foreseen is what the kernel does.</summary>
    [Fact]
    public async Task Foresee_FirstOfANamespace_IsWhatHappens()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "unshare", "--pid", "--fork", "sleep", "1000");
        var container = await app.ChildContainerAsync();
        await ProcessLab.UntilAsync(() => ProcessFacts.TryRead(container.MainPid)?.Name == "sleep", "sleep runs");
        using var target = SignalTarget.TryOpen(container.MainPid, container.MainStartTicks)!;

        Assert.Equal(SignalOutlook.Dropped, target.Foresee(Signal.Terminate));
        Assert.True(target.Send(Signal.Terminate));
        Assert.Equal(SignalOutlook.Takes, target.Foresee(Signal.Stop));
        Assert.True(target.Send(Signal.Stop));
        await ProcessLab.UntilAsync(() => ProcessFacts.TryRead(container.MainPid)?.State == 'T', "it is stopped, and TERM has not ended it");
        Assert.True(target.Send(Signal.Kill));
        await target.WaitForEndAsync(ProcessLab.Cancellation).WaitAsync(TimeSpan.FromSeconds(20), ProcessLab.Cancellation);
    }

    [Fact]
    public async Task Foresee_HandlerThatComesAndGoes_IsSeen()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartObedientAsync();
        using var target = SignalTarget.TryOpen(app.Pid, app.Container.MainStartTicks)!;

        Assert.Equal(SignalOutlook.Takes, target.Foresee(Signal.User1));
        await app.TellAsync("ignore");
        Assert.Equal(SignalOutlook.Ignores, target.Foresee(Signal.User1));
        await app.TellAsync("handle");
        Assert.Equal(SignalOutlook.Takes, target.Foresee(Signal.User1));
        Assert.True(target.Send(Signal.User1));
        Assert.Equal("usr1", await app.Output.ReadLineAsync(ProcessLab.Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), ProcessLab.Cancellation));
    }
}
