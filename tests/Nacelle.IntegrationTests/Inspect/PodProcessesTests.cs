using Nacelle.Inspect.Processes;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

public sealed class PodProcessesTests
{
    [Fact]
    public async Task Read_Thousand_FindsEachWithItsParent()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sh", "-c", "i=0; while [ $i -lt 999 ]; do sleep 1000 & i=$((i+1)); done; echo ready; wait");
        await app.Output.ReadLineAsync(ProcessLab.Cancellation);

        var found = lab.Processes.Read([app.Container]);

        Assert.Equal(1000, found.Length);
        Assert.Equal(1000, found.Select(p => p.Name).Distinct().Count());
        Assert.Equal(1000, found.Select(p => p.Uid).Distinct().Count());
        Assert.Equal(999, found.Count(p => p.ParentPid == app.Pid));
        Assert.All(found, p => Assert.Equal(ProcessOrigin.Main, p.Origin));
    }

    /// <summary>Most of what this loop starts has ended before its second file is read.</summary>
    [Fact]
    public async Task Read_ProcessesThatEndMeanwhile_LeavesThemOut()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sh", "-c", "while :; do /bin/true & /bin/true & wait; done");
        var index = new ProcessIndex(lab.Tree, 100);
        var others = new HashSet<string>();
        for (var round = 0; round < 300 || others.Count < 10; round++)
        {
            var (items, _) = index.Refresh([app.Container], _ => true);
            Assert.Contains(items, item => item.Value.Process.HostPid == app.Pid);
            others.UnionWith(items.Where(item => item.Value.Process.HostPid != app.Pid).Select(item => item.Value.Uid));
        }

        // Each process comes, changes and goes, once and in that order.
        var present = new HashSet<string>();
        foreach (var change in index.Since(100).Changes)
        {
            var uid = (change.After ?? change.Before)!.Value.Uid;
            Assert.Equal(change.Before is not null, present.Contains(uid));
            _ = change.After is null ? present.Remove(uid) : present.Add(uid);
        }
    }

    [Fact]
    public async Task Read_ArgumentsOfTwoMegabytes_AreCutAndSaidToBe()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync(
            "app", "bash", "-c", "ulimit -s 65536; printf -v a %0100000d 0; for i in {1..21}; do set -- \"$@\" $a; done; exec sleep 1000 \"$@\"");

        // In the middle of an exec a process has its new name already, and no arguments yet.
        await ProcessLab.UntilAsync(() => lab.Processes.Read([app.Container]) is [{ Process: { Name: "sleep", Arguments.IsEmpty: false } }], "sleep runs");

        var process = Assert.Single(lab.Processes.Read([app.Container])).Process;

        Assert.True(process.ArgumentsCut);
        Assert.Equal(["sleep", "1000"], process.Arguments[..2]);
        Assert.Equal(ProcessReader.ArgumentBytes, process.Arguments.Sum(a => a.Length) + process.Arguments.Length - 1);
    }

    [Fact]
    public async Task Read_NamesWithEscapeCodes_AreShownEscaped()
    {
        var directory = Directory.CreateTempSubdirectory("nacelle-name-");
        try
        {
            var program = Path.Combine(directory.FullName, "a)\n\u001b[2J (b");
            File.Copy("/bin/sleep", program);
            await using var lab = new ProcessLab();
            var app = await lab.StartAsync("app", "bash", "-c", "exec -a $'evil\\n\\e[31m' \"$0\" 1000", program);
            await ProcessLab.UntilAsync(
                () => lab.Processes.Read([app.Container]) is [{ Process: { Name: not "bash", Arguments.IsEmpty: false } }], "the program runs");

            var process = Assert.Single(lab.Processes.Read([app.Container])).Process;

            Assert.Equal(@"a)\n\x1b[2J (b", process.Name);
            Assert.Equal([@"evil\n\x1b[31m", "1000"], process.Arguments);
            Assert.Equal(ProcessState.Sleeping, process.State);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Any process may be in 65,536 groups; its capabilities and its PID in the container stand behind them.</summary>
    [Fact]
    public async Task Read_ProcessOfThousandsOfGroups_ShowsWhatStandsBehindThem()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync(
            "app", "unshare", "--pid", "--fork", "setpriv", "--groups", string.Join(',', Enumerable.Range(100_000, 10_000)), "--bounding-set", "-all",
            "--no-new-privs", "sleep", "1000");
        var container = await app.ChildContainerAsync();
        await ProcessLab.UntilAsync(() => ProcessFacts.TryRead(container.MainPid)?.Name == "sleep", "sleep runs");

        var process = Assert.Single(lab.Processes.Read([container]));

        Assert.Equal(1, process.Pid);
        Assert.Equal(0UL, process.Process.EffectiveCapabilities);
        Assert.True(process.Process.NoNewPrivileges);
        Assert.Equal(SignalOutlook.Dropped, SignalTarget.TryOpen(container.MainPid, container.MainStartTicks)!.Foresee(Signal.User1));
    }

    /// <summary>The runtime's own process is in the group for a moment while it makes a container or an exec.</summary>
    [Fact]
    public async Task Read_ProcessOutsideOfTheContainersNamespace_IsNotShown()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "unshare", "--pid", "--fork", "sh", "-c", "sleep 1000 & wait");
        var container = await app.ChildContainerAsync();
        await ProcessLab.UntilAsync(() => lab.Processes.Read([container]).Length == 2, "the shell and its child run");

        var found = lab.Processes.Read([container]);

        Assert.Equal([1, 2], found.Select(p => p.Pid).Order());
        Assert.DoesNotContain(found, p => p.Process.HostPid == app.Pid);
        Assert.Equal("lab:app:1", found.Single(p => p.Pid == 1).Name);
        Assert.Equal(0, found.Single(p => p.Pid == 1).ParentPid);
    }

    [Fact]
    public async Task Read_AllProcesses_HoldNoValueOfTheEnvironment()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        Assert.Contains("value-of-the-environment", await File.ReadAllTextAsync($"/proc/{app.Pid}/environ", ProcessLab.Cancellation));

        Assert.DoesNotContain("value-of-the-environment", Assert.Single(lab.Processes.Read([app.Container])).ToString());
    }

    [Fact]
    public async Task Read_ContainerThatIsGone_IsEmpty()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var container = app.Container;
        await app.EndAsync();

        Assert.Empty(lab.Processes.Read([container, container with { CgroupPath = "/nacelle-test-none" }]));
        Assert.Null(ContainerProbe.TryRead(lab.Tree, container.MainPid));
    }

    [Fact]
    public async Task Read_ProcessStartedFromOutside_IsOfAnExec()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var exec = await lab.StartAsync("app", "sh", "-c", "sleep 1000; true");
        await ProcessLab.UntilAsync(() => lab.Processes.Read([app.Container]).Length == 3, "all three run");

        var found = lab.Processes.Read([app.Container]);

        Assert.Equal(ProcessOrigin.Main, found.Single(p => p.Pid == app.Pid).Origin);
        Assert.Equal([ProcessOrigin.Adopted, ProcessOrigin.Adopted], found.Where(p => p.Pid != app.Pid).Select(p => p.Origin));
        Assert.Contains(found, p => p.ParentPid == exec.Pid);
    }
}
