using Google.Protobuf;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Runtime;

public sealed class ContainerConfigTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateContainer_UserByNameFromTheImage_GetsItsGroupsAndNoCapabilities()
    {
        await using var lab = await RuntimeLab.StartAsync("""{"Cmd":["sh"],"Env":["PATH=/bin"],"User":"app","WorkingDir":"/work/here"}""");
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));

        Assert.Equal("uid=1000(app) gid=1001(app) groups=1001(app),2000(extra)\n", await lab.ShellAsync(id, "id"));
        Assert.Equal("/work/here\n", await lab.ShellAsync(id, "pwd"));
        Assert.Contains("CapEff:\t0000000000000000", await lab.ShellAsync(id, "cat /proc/self/status"), StringComparison.Ordinal);
        var user = (await lab.StatusAsync(id)).Status.User.Linux;
        Assert.Equal((1000, 1001), (user.Uid, user.Gid));
    }

    [Fact]
    public async Task CreateContainer_Defaults_AreKubernetes()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));
        var status = await lab.ShellAsync(id, "cat /proc/self/status");

        // The usual 14, bit by bit: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod, audit_write, setfcap.
        Assert.Contains("CapEff:\t00000000a80425fb", status, StringComparison.Ordinal);
        Assert.Contains("CapAmb:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Equal("no\n", await lab.ShellAsync(id, "touch /proc/sys/kernel/x 2>/dev/null && echo yes || echo no"));
        Assert.Equal("0\n", await lab.ShellAsync(id, "cat /proc/kcore | wc -c"));
    }

    [Fact]
    public async Task CreateContainer_SecurityContext_IsApplied()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var config = lab.ContainerConfig("c", "sleep", "1001");
        var security = config.Linux.SecurityContext;
        security.ReadonlyRootfs = true;
        security.NoNewPrivs = true;
        security.RunAsUser = new Int64Value { Value = 1234 };
        security.RunAsGroup = new Int64Value { Value = 4321 };
        security.SupplementalGroups.Add(77);
        security.Seccomp = new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault };
        security.Capabilities = new Capability { AddCapabilities = { "SYS_PTRACE" }, DropCapabilities = { "ALL" } };
        var id = await lab.RunAsync(sandboxId, sandbox, config);
        var status = await lab.ShellAsync(id, "cat /proc/self/status");

        Assert.Contains("CapBnd:\t0000000000080000", status, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", status, StringComparison.Ordinal);
        Assert.Contains("Seccomp:\t2", status, StringComparison.Ordinal);
        Assert.StartsWith("uid=1234 gid=4321 groups=77,4321", await lab.ShellAsync(id, "id"), StringComparison.Ordinal);
        Assert.Equal("no\n", await lab.ShellAsync(id, "touch /tmp/x 2>/dev/null && echo yes || echo no"));
    }

    [Fact]
    public async Task CreateContainer_MountsEnvironmentAndArguments_Arrive()
    {
        await using var lab = await RuntimeLab.StartAsync("""{"Entrypoint":["sh","-c"],"Cmd":["echo never"],"Env":["PATH=/bin","FROM=image","ONLY=image"]}""");
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        File.WriteAllText($"{lab.Directory}/shared.txt", "from the host");
        var config = lab.ContainerConfig("c");
        config.Args.Add("cat /data; echo; env; touch /data || echo readonly; sleep 1001");
        config.Envs.Add(new KeyValue { Key = "FROM", Value = ByteString.CopyFromUtf8("cri") });
        config.Mounts.Add(new Mount { ContainerPath = "/data", HostPath = $"{lab.Directory}/shared.txt", Readonly = true });
        await lab.RunAsync(sandboxId, sandbox, config);

        await lab.WaitAsync(() => Task.FromResult(lab.ReadLog("pod", "c").Contains("readonly", StringComparison.Ordinal)), "the output");
        var log = lab.ReadLog("pod", "c");
        Assert.Contains("from the host", log, StringComparison.Ordinal);
        Assert.Contains(" FROM=cri", log, StringComparison.Ordinal);
        Assert.Contains(" ONLY=image", log, StringComparison.Ordinal);
        Assert.Contains(" HOSTNAME=lab", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateContainer_HostPathThatIsMissing_IsMadeADirectory()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var config = lab.ContainerConfig("c", "sleep", "1001");
        config.Mounts.Add(new Mount { ContainerPath = "/data", HostPath = $"{lab.Directory}/not/there/yet" });
        var id = await lab.RunAsync(sandboxId, sandbox, config);

        Assert.Equal("755 root\n", await lab.ShellAsync(id, "touch /data/x; stat -c '%a %U' /data"));
        Assert.True(File.Exists($"{lab.Directory}/not/there/yet/x"));
    }

    [Fact]
    public async Task ExecSync_Commands_GiveCodesAndStreams()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));

        var result = await lab.ExecAsync(id, "sh", "-c", "echo out; echo err >&2; exit 42");
        Assert.Equal((42, "out\n", "err\n"), (result.ExitCode, result.Stdout.ToStringUtf8(), result.Stderr.ToStringUtf8()));
        Assert.Equal(137, (await lab.ExecAsync(id, "sh", "-c", "kill -9 $$")).ExitCode);
        var failure = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await lab.ExecAsync(id, "nope"));
        Assert.Contains("nope", failure.Status.Detail, StringComparison.Ordinal);

        failure = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await lab.Runtime.ExecSyncAsync(
            new ExecSyncRequest { ContainerId = id, Cmd = { "sleep", "3003" }, Timeout = 1 }, cancellationToken: Cancellation));
        Assert.Equal(Grpc.Core.StatusCode.DeadlineExceeded, failure.StatusCode);
        await lab.WaitAsync(async () => !(await lab.ShellAsync(id, "ps")).Contains("3003", StringComparison.Ordinal), "the command to be killed");
    }

    [Fact]
    public async Task UpdateContainerResources_Running_ChangesTheCgroup()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var config = lab.ContainerConfig("c", "sleep", "1001");
        config.Linux.Resources = new LinuxContainerResources { CpuShares = 512, MemoryLimitInBytes = 64 << 20 };
        var id = await lab.RunAsync(sandboxId, sandbox, config);

        await lab.Runtime.UpdateContainerResourcesAsync(
            new UpdateContainerResourcesRequest { ContainerId = id, Linux = new LinuxContainerResources { MemoryLimitInBytes = 96 << 20 } }, cancellationToken: Cancellation);

        var stats = (await lab.Runtime.ContainerStatsAsync(new ContainerStatsRequest { ContainerId = id }, cancellationToken: Cancellation)).Stats;
        Assert.InRange(stats.Memory.AvailableBytes.Value, 65UL << 20, 96UL << 20);
        var resources = (await lab.StatusAsync(id)).Status.Resources.Linux;
        Assert.Equal((512, 96 << 20), (resources.CpuShares, resources.MemoryLimitInBytes));
    }

    [Fact]
    public async Task UpdateContainerResources_Created_CountsAtTheStart()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var config = lab.ContainerConfig("c", "sleep", "1001");
        config.Linux.Resources = new LinuxContainerResources { MemoryLimitInBytes = 64 << 20 };
        var id = await lab.CreateAsync(sandboxId, sandbox, config);

        await lab.Runtime.UpdateContainerResourcesAsync(
            new UpdateContainerResourcesRequest { ContainerId = id, Linux = new LinuxContainerResources { MemoryLimitInBytes = 96 << 20 } }, cancellationToken: Cancellation);
        await lab.Runtime.StartContainerAsync(new StartContainerRequest { ContainerId = id }, cancellationToken: Cancellation);

        var stats = (await lab.Runtime.ContainerStatsAsync(new ContainerStatsRequest { ContainerId = id }, cancellationToken: Cancellation)).Stats;
        Assert.InRange(stats.Memory.AvailableBytes.Value, 65UL << 20, 96UL << 20);
    }
}
