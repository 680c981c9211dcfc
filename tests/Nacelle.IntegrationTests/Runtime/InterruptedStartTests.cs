using Grpc.Core;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Runtime;

public sealed class InterruptedStartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_KilledBetweenTheStartAndItsRecord_KeepsWhatRuns()
    {
        // Keeps the record as it stands when the OCI runtime is told to start the container.
        using var crun = new WrappedCrun("start", "cp $lab/state/containers/*/container.json $lab/state/at-start.json");
        await using var lab = await RuntimeLab.StartAsync(ociRuntime: crun.Path);
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        Directory.CreateDirectory($"{lab.Directory}/out");
        var config = lab.ContainerConfig("c", "sh", "-c", "echo run >>/out/runs; exec sleep 1001");
        config.Mounts.Add(new Mount { ContainerPath = "/out", HostPath = $"{lab.Directory}/out" });
        var id = await lab.RunAsync(sandboxId, sandbox, config);
        var before = (await lab.StatusAsync(id)).Info["info"];
        await lab.StopRuntimeAsync();

        File.Copy($"{lab.Directory}/state/at-start.json", $"{lab.Directory}/state/containers/{id}/container.json", overwrite: true);
        await lab.StartRuntimeAsync();

        var after = await lab.StatusAsync(id);
        Assert.Equal((ContainerState.ContainerRunning, before), (after.Status.State, after.Info["info"]));
        await Assert.ThrowsAsync<RpcException>(async () =>
            await lab.Runtime.StartContainerAsync(new StartContainerRequest { ContainerId = id }, cancellationToken: Cancellation));
        Assert.Equal("run\n", File.ReadAllText($"{lab.Directory}/out/runs"));
        await lab.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = id }, cancellationToken: Cancellation);
        Assert.Equal(137, (await lab.StatusAsync(id)).Status.ExitCode);
    }

    [Fact]
    public async Task StartContainer_ExitFileOfAnEarlierStart_IsNotItsEnd()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.CreateAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sh", "-c", "sleep 0.5; exit 4"));
        File.WriteAllText($"{lab.Directory}/run/exits/{id}", "3");

        await lab.Runtime.StartContainerAsync(new StartContainerRequest { ContainerId = id }, cancellationToken: Cancellation);

        Assert.Equal(4, (await lab.WaitForExitAsync(id)).Status.ExitCode);
    }

    [Fact]
    public async Task StartContainer_OciRuntimeThatHangs_IsKilledAtTheDeadline()
    {
        using var crun = new WrappedCrun("create", "while :; do sleep 0.05; done");
        await using var lab = await RuntimeLab.StartAsync(ociRuntime: crun.Path);
        await lab.StopRuntimeAsync();
        lab.Options = lab.Options with { StartDeadline = TimeSpan.FromSeconds(1) };
        await lab.StartRuntimeAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.CreateAsync(sandboxId, sandbox, lab.ContainerConfig("c", "true"));

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await lab.Runtime.StartContainerAsync(new StartContainerRequest { ContainerId = id }, cancellationToken: Cancellation));

        // That nothing hangs around is the lab's to see.
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        Assert.Equal("StartError", (await lab.StatusAsync(id)).Status.Reason);
    }
}
