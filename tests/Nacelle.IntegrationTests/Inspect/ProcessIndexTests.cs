using Nacelle.Inspect.Processes;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

public sealed class ProcessIndexTests
{
    private const long First = 1000;

    [Fact]
    public async Task Refresh_NothingChanged_CountsNothing()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var index = new ProcessIndex(lab.Tree, First);
        var (items, revision) = index.Refresh([app.Container], _ => true);

        var (again, later) = index.Refresh([app.Container], _ => true);

        Assert.Equal((First + 1, revision), (revision, later));
        Assert.Equal(Assert.Single(items).Revision, Assert.Single(again).Revision);
        Assert.Empty(index.Since(later).Changes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(First - 1)]
    [InlineData(First + 2)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public async Task Since_RevisionThatWasNeverGiven_Throws(long revision)
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var index = new ProcessIndex(lab.Tree, First);
        index.Refresh([app.Container], _ => true);

        Assert.Throws<RevisionUnknownException>(() => index.Since(revision));
        Assert.Single(index.Since(First).Changes);
    }

    /// <summary>A container that is started again has the same first PID: who knows processes by their names must see the old one go first.</summary>
    [Fact]
    public async Task Refresh_SameNameAgain_TellsTheEndOfTheOldOneFirst()
    {
        await using var lab = new ProcessLab();
        var before = await lab.StartAsync("app", "unshare", "--pid", "--fork", "sleep", "1000");
        var old = await before.ChildContainerAsync();
        var index = new ProcessIndex(lab.Tree, First);
        var first = Assert.Single(index.Refresh([old], _ => true).Items);
        ProcessSignal.Send(old.MainPid, Signal.Kill);
        await ProcessLab.UntilAsync(() => ProcessFacts.TryRead(old.MainPid) is null, "the first one has ended");
        var after = await lab.StartAsync("app", "unshare", "--pid", "--fork", "sleep", "1000");

        var second = Assert.Single(index.Refresh([await after.ChildContainerAsync()], _ => true).Items);

        Assert.Equal("lab:app:1", first.Value.Name);
        Assert.Equal(first.Value.Name, second.Value.Name);
        Assert.NotEqual(first.Value.Uid, second.Value.Uid);
        var changes = index.Since(First + 1).Changes;
        Assert.Equal([(first.Value.Uid, false), (second.Value.Uid, true)], changes.Select(c => ((c.After ?? c.Before)!.Value.Uid, c.After is not null)));
    }

    /// <summary>Inside of one namespace, too.</summary>
    [Fact]
    public async Task Refresh_PidUsedAgainInsideOfTheNamespace_IsAnotherObject()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync(
            "app", "unshare", "--pid", "--fork", "--mount-proc", "sh", "-c",
            "next() { echo 40 > /proc/sys/kernel/ns_last_pid; sleep 1000 & echo $!; }; next; read x; kill $!; wait; next; wait");
        Assert.Equal("41", await app.Output.ReadLineAsync(ProcessLab.Cancellation));
        var container = await app.ChildContainerAsync();
        var index = new ProcessIndex(lab.Tree, First);
        var before = index.Refresh([container], _ => true).Items.Single(item => item.Value.Pid == 41);
        await app.WriteAsync("go on");
        Assert.Equal("41", await app.Output.ReadLineAsync(ProcessLab.Cancellation));

        var after = index.Refresh([container], _ => true).Items.Single(item => item.Value.Pid == 41);

        Assert.Equal(before.Value.Name, after.Value.Name);
        Assert.NotEqual(before.Value.Uid, after.Value.Uid);
    }

    /// <summary>Two looks at once: the one with the older list of containers comes later.</summary>
    [Fact]
    public async Task Refresh_ListThatDoesNotKnowANewContainer_DoesNotEndItsProcesses()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var later = await lab.StartAsync("later", "sleep", "1000");
        var index = new ProcessIndex(lab.Tree, First);
        var (_, revision) = index.Refresh([app.Container, later.Container], _ => true);

        index.Refresh([app.Container], _ => true);

        Assert.Empty(index.Since(revision).Changes);
        await later.EndAsync();
        index.Refresh([app.Container], _ => true);
        Assert.Equal(later.Pid, Assert.Single(index.Since(revision).Changes).Before!.Value.Process.HostPid);
    }

    [Fact]
    public async Task Refresh_OtherScope_IsLeftAlone()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var index = new ProcessIndex(lab.Tree, First);
        var (_, revision) = index.Refresh([app.Container], _ => true);
        await app.EndAsync();

        index.Refresh([], pod => pod.Name == "another");

        Assert.Empty(index.Since(revision).Changes);
    }

    [Fact]
    public async Task Since_MoreChangesThanAreKept_Throws()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var index = new ProcessIndex(lab.Tree, First);
        for (var i = 0; i <= ProcessIndex.KeptChanges; i++)
        {
            // Another label each time is a change each time.
            var labels = new Dictionary<string, string> { ["n"] = $"{i}" };
            index.Refresh([app.Container with { Pod = lab.Pod with { Labels = labels } }], _ => true);
        }

        Assert.Throws<RevisionUnknownException>(() => index.Since(First));
        Assert.Equal(ProcessIndex.KeptChanges, index.Since(First + 1).Changes.Length);
    }

    /// <summary>A process that did not run since the last glance is not looked at again; once it did, everything shows.</summary>
    [Fact]
    public async Task FindChanged_AfterGlancesThatShowedNothing_ShowsEachChange()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartObedientAsync();
        var index = new ProcessIndex(lab.Tree, First);
        Look();

        ProcessSignal.Send(app.Pid, Signal.Stop);
        await ProcessLab.UntilAsync(() => index.FindChanged().Contains(lab.Pod.Uid), "it is stopped");
        Look();

        ProcessSignal.Send(app.Pid, Signal.Continue);
        await ProcessLab.UntilAsync(() => index.FindChanged().Contains(lab.Pod.Uid), "it goes on");
        Look();

        await app.TellAsync("setuid");
        Assert.Empty(index.FindChanged());
        Assert.Equal([lab.Pod.Uid], index.FindChanged([app.Container]));
        Look();

        await app.TellAsync("exec");
        await ProcessLab.UntilAsync(() => index.FindChanged().Contains(lab.Pod.Uid), "it is another program");

        void Look()
        {
            index.Refresh([app.Container], _ => true);
            for (var glance = 0; glance < 3; glance++)
            {
                Assert.Empty(index.FindChanged());
                Assert.Empty(index.FindChanged([app.Container]));
            }
        }
    }

    [Fact]
    public async Task FindStrays_MovedToAnotherContainer_IsFoundInBoth()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sh", "-c", "sleep 1000 & read x");
        var other = await lab.StartAsync("other", "sleep", "1000");
        var child = await app.ChildContainerAsync();
        var index = new ProcessIndex(lab.Tree, First);
        index.Refresh([app.Container, other.Container], _ => true);
        Assert.Empty(index.FindStrays([app.Container, other.Container]));

        lab.Tree.Open(other.Container.CgroupPath).Add(child.MainPid);

        Assert.Equal([lab.Pod.Uid], index.FindStrays([app.Container]));
        Assert.Equal([lab.Pod.Uid], index.FindStrays([other.Container]));
        index.Refresh([app.Container, other.Container], _ => true);
        Assert.Empty(index.FindStrays([app.Container, other.Container]));
    }

    /// <summary>Forked and ended between two looks: no group lists it.</summary>
    [Fact]
    public async Task FindStrays_ZombieThatWasNeverSeen_IsFound()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartObedientAsync();
        var index = new ProcessIndex(lab.Tree, First);
        index.Refresh([app.Container], _ => true);

        await app.TellAsync("zombie");

        Assert.Equal([lab.Pod.Uid], index.FindStrays([app.Container]));
        await ProcessLab.UntilAsync(
            () => index.Refresh([app.Container], _ => true).Items.Any(item => item.Value.Process.State == ProcessState.Zombie), "the zombie is seen");
        Assert.Empty(index.FindStrays([app.Container]));
    }

    [Fact]
    public async Task FindStrays_ParentOutsideOfTheContainerEnded_IsFound()
    {
        await using var lab = new ProcessLab();
        var outside = await lab.StartAsync("outside", "sh", "-c", "sleep 1000 & read x");
        var child = await outside.ChildContainerAsync();
        var group = lab.Tree.Open(Path.GetDirectoryName(child.CgroupPath) + "/app");
        group.Create();
        group.Add(child.MainPid);
        var app = lab.Describe("app", group.Path, child.MainPid);
        var index = new ProcessIndex(lab.Tree, First);
        index.Refresh([app], _ => true);
        Assert.Empty(index.FindStrays([app]));

        await outside.EndAsync();

        Assert.Equal([lab.Pod.Uid], index.FindStrays([app]));
    }
}
