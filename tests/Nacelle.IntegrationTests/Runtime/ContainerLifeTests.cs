using System.Diagnostics;
using Grpc.Core;
using Nacelle.Linux.Files;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Runtime;

public sealed class ContainerLifeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StopContainer_ProcessThatHandlesTheSignal_EndsWithItsOwnCode()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sh", "-c", "trap 'exit 7' TERM; echo ready; while true; do sleep 0.05; done"));
        await lab.WaitAsync(() => Task.FromResult(lab.ReadLog("pod", "c").Contains("ready", StringComparison.Ordinal)), "the trap");

        await lab.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = id, Timeout = 10 }, cancellationToken: Cancellation);

        var status = (await lab.StatusAsync(id)).Status;
        Assert.Equal((ContainerState.ContainerExited, 7), (status.State, status.ExitCode));
    }

    [Fact]
    public async Task StopContainer_ImageWithStopSignal_GetsThat()
    {
        await using var lab = await RuntimeLab.StartAsync("""{"Cmd":["sh"],"Env":["PATH=/bin"],"StopSignal":"SIGQUIT"}""");
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sh", "-c", "trap 'exit 9' QUIT; echo ready; while true; do sleep 0.05; done"));
        await lab.WaitAsync(() => Task.FromResult(lab.ReadLog("pod", "c").Contains("ready", StringComparison.Ordinal)), "the trap");

        await lab.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = id, Timeout = 10 }, cancellationToken: Cancellation);

        var status = (await lab.StatusAsync(id)).Status;
        Assert.Equal(9, status.ExitCode);
        Assert.Equal(global::Runtime.V1.Signal.Sigquit, status.StopSignal);
    }

    [Fact]
    public async Task StopContainer_ProcessThatIgnoresTheSignal_IsKilledAfterTheGrace()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig(NamespaceMode.Container);
        var sandboxId = await lab.RunSandboxAsync(sandbox);

        // PID 1 of its own namespace without a handler: the kernel drops TERM.
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));
        var started = Stopwatch.GetTimestamp();
        await lab.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = id, Timeout = 1 }, cancellationToken: Cancellation);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8));
        Assert.Equal(137, (await lab.StatusAsync(id)).Status.ExitCode);
        await lab.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = id }, cancellationToken: Cancellation);
        await lab.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = "nobody" }, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task ContainerStatus_EndedWell_IsCompletedWithItsTimesAndLog()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sh", "-c", "echo out; echo err >&2"));

        var status = (await lab.WaitForExitAsync(id)).Status;

        Assert.Equal((0, "Completed"), (status.ExitCode, status.Reason));
        Assert.True(status.CreatedAt <= status.StartedAt && status.StartedAt <= status.FinishedAt, status.ToString());
        Assert.Matches(@"(?m)^\S+ stdout F out$", lab.ReadLog("pod", "c"));
        Assert.Matches(@"(?m)^\S+ stderr F err$", lab.ReadLog("pod", "c"));
    }

    [Fact]
    public async Task StartContainer_NoSuchProgram_FailsAndSaysWhich()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.CreateAsync(sandboxId, sandbox, lab.ContainerConfig("c", "nope"));

        var failure = await Assert.ThrowsAsync<RpcException>(
            async () => await lab.Runtime.StartContainerAsync(new StartContainerRequest { ContainerId = id }, cancellationToken: Cancellation));

        Assert.Contains("nope", failure.Status.Detail, StringComparison.Ordinal);
        var status = (await lab.StatusAsync(id)).Status;
        Assert.Equal((ContainerState.ContainerExited, 128, "StartError"), (status.State, status.ExitCode, status.Reason));
        Assert.Contains("nope", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContainerStatus_MemoryLimitExceeded_IsOOMKilled()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var config = lab.ContainerConfig("c", "sh", "-c", "head -c 200000000 /dev/zero | tail -c 200000000 >/dev/null; exit 5");
        config.Linux.Resources = new LinuxContainerResources { MemoryLimitInBytes = 24 << 20, MemorySwapLimitInBytes = 24 << 20 };
        var id = await lab.RunAsync(sandboxId, sandbox, config);

        var status = (await lab.WaitForExitAsync(id)).Status;

        Assert.Equal("OOMKilled", status.Reason);
        Assert.NotEqual(0, status.ExitCode);
    }

    [Fact]
    public async Task RemoveContainer_NamesThatAreNoTextAndDeepDirectories_LeavesNothing()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.CreateAsync(sandboxId, sandbox, lab.ContainerConfig("c", "true"));

        // As the container could: a path beyond PATH_MAX, of names that are not UTF-8.
        byte[] name = [.. Enumerable.Repeat((byte)0xFF, 200)];
        var current = FileAt.OpenAbsolute($"{lab.Directory}/state/containers/{id}/upper");
        for (var level = 0; level < 40; level++)
        {
            FileAt.MakeDirectory(current, name, 0x1C0);
            var next = FileAt.OpenDirectory(current, name);
            current.Dispose();
            current = next;
        }

        current.Dispose();
        await lab.Runtime.RemoveContainerAsync(new RemoveContainerRequest { ContainerId = id }, cancellationToken: Cancellation);

        Assert.False(Directory.Exists($"{lab.Directory}/state/containers/{id}"));
    }

    [Fact]
    public async Task Calls_UnknownIds_AreNotFound()
    {
        await using var lab = await RuntimeLab.StartAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await lab.StatusAsync("0000"));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
        failure = await Assert.ThrowsAsync<RpcException>(async () => await lab.SandboxStatusAsync("../../etc"));
        Assert.Equal(StatusCode.NotFound, failure.StatusCode);
        await lab.Runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = "0000" }, cancellationToken: Cancellation);
        await lab.Runtime.RemovePodSandboxAsync(new RemovePodSandboxRequest { PodSandboxId = "0000" }, cancellationToken: Cancellation);
        await lab.Runtime.RemoveContainerAsync(new RemoveContainerRequest { ContainerId = "0000" }, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task CreateContainer_WhatIsNotSupported_IsRefusedByName()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);

        await RefusedAsync(config => config.Linux.SecurityContext.SelinuxOptions = new SELinuxOption { Level = "s0" }, "SELinux");
        await RefusedAsync(config => config.Linux.SecurityContext.Seccomp = new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Localhost, LocalhostRef = "x.json" }, "seccomp");
        await RefusedAsync(config => config.Linux.SecurityContext.Capabilities = new Capability { AddCapabilities = { "NOT_THERE" } }, "NOT_THERE");
        await RefusedAsync(config => config.Linux.SecurityContext.Privileged = true, "privileged");
        await RefusedAsync(config => config.Mounts.Add(new Mount { ContainerPath = "/x", HostPath = "not/absolute" }), "not/absolute");
        await RefusedAsync(config => config.Linux.SecurityContext.RunAsUsername = "nobody-here", "nobody-here");

        async Task RefusedAsync(Action<ContainerConfig> change, string expected)
        {
            var config = lab.ContainerConfig("c", "true");
            change(config);
            var failure = await Assert.ThrowsAsync<RpcException>(async () => await lab.CreateAsync(sandboxId, sandbox, config));
            Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
            Assert.Contains(expected, failure.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RunPodSandbox_RefusedSysctl_LeavesNothing()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        sandbox.Linux.Sysctls["vm.swappiness"] = "10";
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await lab.RunSandboxAsync(sandbox));
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);

        // In a namespace, but not a value that the kernel takes: everything that was made is undone.
        sandbox.Linux.Sysctls.Clear();
        sandbox.Linux.Sysctls["kernel.shmmni"] = "nonsense";
        failure = await Assert.ThrowsAsync<RpcException>(async () => await lab.RunSandboxAsync(sandbox));
        Assert.Contains("shmmni", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Empty((await lab.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: Cancellation)).Items);
    }

    [Fact]
    public async Task RunPodSandbox_FailureBehindTheStartOfPause_LeavesNothing()
    {
        await using var lab = await RuntimeLab.StartAsync();
        await lab.StopRuntimeAsync();
        lab.Options = lab.Options with { SharedMemorySize = -1 };
        await lab.StartRuntimeAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await lab.RunSandboxAsync(lab.SandboxConfig()));

        Assert.Contains("shm", failure.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries($"{lab.Directory}/run/exits"));
    }

    [Fact]
    public async Task GetContainerEvents_ContainersLife_IsTold()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        using var events = lab.Runtime.GetContainerEvents(new GetEventsRequest(), cancellationToken: Cancellation);
        await events.ResponseHeadersAsync.WaitAsync(TimeSpan.FromSeconds(10), Cancellation).ContinueWith(_ => { }, Cancellation);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sh", "-c", "exit 4"));

        var seen = new List<ContainerEventType>();
        while (!seen.Contains(ContainerEventType.ContainerStoppedEvent) && await events.ResponseStream.MoveNext(Cancellation))
        {
            Assert.Equal(id, events.ResponseStream.Current.ContainerId);
            seen.Add(events.ResponseStream.Current.ContainerEventType);
        }

        Assert.Equal(4, events.ResponseStream.Current.ContainersStatuses.Single().ExitCode);
    }
}
