using System.Globalization;
using System.Text.Json;
using Nacelle.Linux.Processes;
using Runtime.V1;
using Xunit;
using Signal = Nacelle.Linux.Processes.Signal;

namespace Nacelle.IntegrationTests.Runtime;

public sealed class SharedProcessNamespaceTests
{
    [Fact]
    public async Task RunPodSandbox_PodMode_ContainersSeePauseAndEachOther()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("first", "sleep", "1001"));
        var second = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("second", "sleep", "1002"));

        var processes = await lab.ShellAsync(second, "ps");

        Assert.Matches(@"(?m)^ +1 (root|0) +(\S+ )*/pause$", processes);
        Assert.Contains("sleep 1001", processes, StringComparison.Ordinal);
        Assert.Contains("sleep 1002", processes, StringComparison.Ordinal);
        Assert.Equal("lab\n", await lab.ShellAsync(second, "hostname"));
        Assert.Contains("nameserver 10.0.0.10", await lab.ShellAsync(second, "cat /etc/resolv.conf"), StringComparison.Ordinal);
        Assert.Equal("yes\n", await lab.ShellAsync(second, "touch /dev/shm/x; test -e /proc/$(ps | grep '[s]leep 1001' | { read pid rest; echo $pid; })/root/dev/shm/x && echo yes"));
    }

    [Fact]
    public async Task RunPodSandbox_WithRunc_DoesTheSame()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/runc"), "runc is not installed");
        await using var lab = await RuntimeLab.StartAsync(ociRuntime: "/usr/sbin/runc");
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("first", "sleep", "1001"));
        var leaver = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("leaver", "sh", "-c", "sleep 2001 & exit 3"));
        var status = await lab.WaitForExitAsync(leaver);

        Assert.Equal((3, "1"), (status.Status.ExitCode, status.Info["nacelle.leftovers"]));
        Assert.Contains("/pause", await lab.ShellAsync(id, "ps"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunPodSandbox_ContainerMode_EachIsItsOwnFirstProcess()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig(NamespaceMode.Container);
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var first = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("first", "sleep", "1001"));
        await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("second", "sleep", "1002"));

        var processes = await lab.ShellAsync(first, "ps");

        Assert.Matches(@"(?m)^ +1 (root|0) +(\S+ )*sleep 1001$", processes);
        Assert.DoesNotContain("/pause", processes, StringComparison.Ordinal);
        Assert.DoesNotContain("1002", processes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunPodSandbox_NodeMode_ContainersSeeTheHost()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig(NamespaceMode.Node);
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("first", "sleep", "1001"));

        Assert.Equal("yes\n", await lab.ShellAsync(id, $"test -d /proc/{Environment.ProcessId} && echo yes"));

        // /pause is no init there and must stand a HUP from anybody.
        var pause = PidOf((await lab.SandboxStatusAsync(sandboxId)).Info);
        Assert.True(ProcessSignal.Send(pause, Signal.Hangup));
        Assert.Equal("ok\n", await lab.ShellAsync(id, "echo ok"));
        Assert.Equal(PodSandboxState.SandboxReady, (await lab.SandboxStatusAsync(sandboxId)).Status.State);
    }

    [Fact]
    public async Task CreateContainer_TargetMode_JoinsTheTargetsNamespace()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig(NamespaceMode.Container);
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var target = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("target", "sleep", "1001"));
        var debugger = lab.ContainerConfig("debugger", "sleep", "1002");
        debugger.Linux.SecurityContext.NamespaceOptions = new NamespaceOption { Pid = NamespaceMode.Target, TargetId = target };
        var id = await lab.RunAsync(sandboxId, sandbox, debugger);

        Assert.Matches(@"(?m)^ +1 (root|0) +(\S+ )*sleep 1001$", await lab.ShellAsync(id, "ps"));
    }

    [Fact]
    public async Task FirstProcessEnds_SharedNamespace_LeftoversAreKilledAndCounted()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var witness = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("witness", "sleep", "1001"));
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("leaver", "sh", "-c", "sleep 2001 & sleep 2002 & exit 3"));

        var status = await lab.WaitForExitAsync(id);

        Assert.Equal(3, status.Status.ExitCode);
        Assert.Equal("Error", status.Status.Reason);
        Assert.Equal("2", status.Info["nacelle.leftovers"]);
        Assert.DoesNotContain("sleep 200", await lab.ShellAsync(witness, "ps"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orphans_Thousand_PauseReapsThem()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("maker", "sleep", "1001"));

        await lab.ShellAsync(id, "for i in $(seq 1000); do (true &); done");

        await lab.WaitAsync(
            async () => !(await lab.ShellAsync(id, "cat /proc/[0-9]*/stat 2>/dev/null | grep -c ' Z ' || true")).Any(letter => letter is >= '1' and <= '9'),
            "the zombies to be reaped");
    }

    [Fact]
    public async Task PauseIsTerminated_SharedNamespace_SandboxEndsAndTellsTheSender()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("killer", "sh", "-c", "echo $$; kill -TERM 1; sleep 1001; true"));

        await lab.WaitAsync(async () => (await lab.SandboxStatusAsync(sandboxId)).Status.State == PodSandboxState.SandboxNotready, "the sandbox to end");

        var ended = JsonDocument.Parse((await lab.SandboxStatusAsync(sandboxId)).Info["nacelle.sandboxEnded"]).RootElement;
        Assert.Equal("SIGTERM", ended.GetProperty("signal").GetString());
        Assert.Equal(0, ended.GetProperty("exitCode").GetInt32());
        Assert.Equal(0, ended.GetProperty("senderUid").GetInt32());
        var said = lab.ReadLog("pod", "killer").Split(' ')[^1].Trim();
        Assert.Equal(int.Parse(said, CultureInfo.InvariantCulture), ended.GetProperty("senderPid").GetInt32());
        Assert.Equal("killer", ended.GetProperty("senderContainer").GetString());
        Assert.Equal("sh -c echo $$; kill -TERM 1; sleep 1001; true", ended.GetProperty("senderCommand").GetString());

        // The kernel ends everything in a namespace whose init is gone.
        var status = await lab.WaitForExitAsync(id);
        Assert.Equal(137, status.Status.ExitCode);
    }

    /// <summary>What /pause reads by must give a neighbour nothing that its own /proc does not: no settings, no kernel memory, nothing to write.</summary>
    [Fact]
    public async Task PauseDescriptors_SeenFromAContainerOfTheSameUser_ShowProcessesOnly()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("neighbour", "sleep", "1001"));

        // All that a /proc of a container has beside processes is missing here.
        Assert.Equal("1\nself\n", await lab.ShellAsync(id, "cd /proc/1/fd/3; ls -d 1 self sys kcore kmsg sysrq-trigger bus irq 2>/dev/null; true"));
        Assert.Contains(
            "Read-only file system", await lab.ShellAsync(id, "(echo 500 >/proc/1/fd/3/1/oom_score_adj) 2>&1; true"), StringComparison.Ordinal);
        Assert.Contains("self", await lab.ShellAsync(id, "ls /proc/1/fd/3/.."), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PauseIsKilledFromOutside_SignalIsToldAndNoSender()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);

        Assert.True(ProcessSignal.Send(PidOf((await lab.SandboxStatusAsync(sandboxId)).Info), Signal.Kill));
        await lab.WaitAsync(async () => (await lab.SandboxStatusAsync(sandboxId)).Status.State == PodSandboxState.SandboxNotready, "the sandbox to end");

        var ended = JsonDocument.Parse((await lab.SandboxStatusAsync(sandboxId)).Info["nacelle.sandboxEnded"]).RootElement;
        Assert.Equal("SIGKILL", ended.GetProperty("signal").GetString());
        Assert.Equal(137, ended.GetProperty("exitCode").GetInt32());
        Assert.False(ended.TryGetProperty("senderPid", out _));
    }

    [Fact]
    public async Task HangupToPause_FromAContainer_HarmsNothing()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("shell", "sleep", "1001"));

        await lab.ShellAsync(id, "kill -HUP 1");

        Assert.Equal("ok\n", await lab.ShellAsync(id, "echo ok"));
        Assert.Equal(PodSandboxState.SandboxReady, (await lab.SandboxStatusAsync(sandboxId)).Status.State);
    }

    private static int PidOf(Google.Protobuf.Collections.MapField<string, string> info) => JsonDocument.Parse(info["info"]).RootElement.GetProperty("pid").GetInt32();
}
