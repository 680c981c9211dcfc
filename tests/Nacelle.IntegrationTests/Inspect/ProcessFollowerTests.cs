using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Inspect.Processes;
using Nacelle.Kubelet.InspectApi;
using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Netlink;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

/// <summary>Each change that a watch promises, with the process connector and without.</summary>
public sealed class ProcessFollowerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Follow_Exec_IsAChange(bool connector) => FollowAsync(connector, async (app, next) =>
    {
        await app.TellAsync("exec");

        await next(change => change is { Before: not null, After.Value.Process: { Name: "sleep", Arguments: ["sleep", "1000"] } });
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Follow_OtherUser_IsAChange(bool connector) => FollowAsync(connector, async (app, next) =>
    {
        await app.TellAsync("setuid");

        await next(change => change is { Before.Value.Process.Uid: 0, After.Value.Process.Uid: 65534 });
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Follow_StoppedAndGoingOn_AreChanges(bool connector) => FollowAsync(connector, async (app, next) =>
    {
        ProcessSignal.Send(app.Pid, Signal.Stop);
        await next(change => change is { Before: not null, After.Value.Process.State: ProcessState.Stopped });

        ProcessSignal.Send(app.Pid, Signal.Continue);
        await next(change => change is { Before.Value.Process.State: ProcessState.Stopped, After.Value.Process.State: not ProcessState.Stopped });
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Follow_Child_ComesBecomesAZombieAndGoes(bool connector) => FollowAsync(connector, async (app, next) =>
    {
        await app.TellAsync("child");
        var child = await next(change => change is { After.Value.Process.Name: "sleep" });
        Assert.Equal(app.Pid, child.After!.Value.ParentPid);

        ProcessSignal.Send(child.After.Value.Process.HostPid, Signal.Terminate);
        var zombie = await next(change => change is { Before: not null, After.Value.Process.State: ProcessState.Zombie });
        Assert.Equal(child.After.Value.Uid, zombie.After!.Value.Uid);

        await app.TellAsync("reap");
        var gone = await next(change => change is { After: null });
        Assert.Equal(child.After.Value.Uid, gone.Before!.Value.Uid);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Follow_EndOfTheContainer_IsToldOfEachProcess(bool connector) => FollowAsync(connector, async (app, next) =>
    {
        await app.EndAsync();

        var gone = await next(change => change is { After: null });
        Assert.Equal(app.Pid, gone.Before!.Value.Process.HostPid);
    });

    /// <summary>Neither an event nor the state of any process tells of this.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Follow_MovedOutOfTheControlGroupAndBack_GoesAndComes(bool connector) => FollowAsync(connector, async (app, next) =>
    {
        var tree = CgroupTree.Detect().WithOnly("pids", "memory", "cpuacct");
        var elsewhere = tree.Open(Path.GetDirectoryName(app.Container.CgroupPath) + "/elsewhere");
        elsewhere.Create();
        await app.TellAsync("child");
        var child = (await next(change => change is { After.Value.Process.Name: "sleep" })).After!.Value;

        elsewhere.Add(child.Process.HostPid);
        var gone = await next(change => change is { After: null });
        Assert.Equal(child.Uid, gone.Before!.Value.Uid);

        tree.Open(app.Container.CgroupPath).Add(child.Process.HostPid);
        var back = await next(change => change is { Before: null });
        Assert.Equal(child.Uid, back.After!.Value.Uid);
    });

    /// <summary>Nothing of a process changes, and no runtime tells of it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Follow_OtherLabelsOfThePod_AreAChange(bool connector)
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var index = new ProcessIndex(lab.Tree, 1);
        var container = app.Container;
        await using var follower = Follower(lab, index, () => container, connector);
        using var following = follower.Follow();
        await ProcessLab.UntilAsync(() => index.Revision > 1, "the process is seen");
        var after = index.Revision;

        container = container with { Pod = lab.Pod with { Labels = new Dictionary<string, string> { ["app"] = "other" } } };

        await ProcessLab.UntilAsync(() => index.Since(after).Changes is [{ After.Value.Container.Pod.Labels: { Count: 1 } }], "the labels are seen");
    }

    /// <summary>The list of containers failed: the next one is asked for, nothing ends in silence.</summary>
    [Fact]
    public async Task Follow_ListThatFails_IsAskedAgain()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var index = new ProcessIndex(lab.Tree, 1);
        var asked = 0;
        await using var follower = new ProcessFollower(
            _ => Interlocked.Increment(ref asked) == 1 ? throw new InvalidOperationException("a failure of the first time") : Task.FromResult<System.Collections.Immutable.ImmutableArray<InspectedContainer>>([app.Container]),
            _ => null, index, NoConnector, TimeProvider.System, NullLogger.Instance);
        using var following = follower.Follow();

        await ProcessLab.UntilAsync(() => index.Revision > 1, "the process is seen");
        Assert.True(asked > 1);
    }

    [Fact]
    public async Task Follow_AfterTheLastWatcherLeft_RunsAgainForTheNext()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var index = new ProcessIndex(lab.Tree, 1);
        await using var follower = Follower(lab, index, () => app.Container, connector: false);
        follower.Follow().Dispose();

        using var following = follower.Follow();

        await ProcessLab.UntilAsync(() => index.Revision > 1, "the process is seen");
    }

    private static async Task FollowAsync(bool connector, Func<LabContainer, Func<Predicate<ProcessChange>, Task<ProcessChange>>, Task> test)
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartObedientAsync();
        var index = new ProcessIndex(lab.Tree, 1);
        await using var follower = Follower(lab, index, () => app.Container, connector);
        using var following = follower.Follow();
        await ProcessLab.UntilAsync(() => index.Revision > 1, "the process is seen");
        var after = index.Revision;
        await test(app, async wanted =>
        {
            using var deadline = new CancellationTokenSource(Deadline);
            while (true)
            {
                var (changes, more) = index.Since(after);
                foreach (var change in changes)
                {
                    after = change.Revision;
                    if (wanted(change))
                    {
                        return change;
                    }
                }

                await more.WaitAsync(deadline.Token);
            }
        });
    }

    private static ProcessFollower Follower(ProcessLab lab, ProcessIndex index, Func<InspectedContainer> app, bool connector)
    {
        if (connector)
        {
            using var probe = ProcessConnector.TryOpen(out var reason);
            Assert.SkipWhen(probe is null, $"no process connector here: {reason}");
        }

        return new ProcessFollower(
            _ => Task.FromResult<System.Collections.Immutable.ImmutableArray<InspectedContainer>>([app()]),
            pid => CgroupMembership.TryRead(lab.Tree, pid) == app().CgroupPath ? lab.Pod.Uid : null,
            index,
            connector ? ProcessConnector.TryOpen : NoConnector,
            TimeProvider.System,
            NullLogger.Instance);
    }

    private static ProcessConnector? NoConnector(out string reason)
    {
        reason = "not in this test";
        return null;
    }
}
