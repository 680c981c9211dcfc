using Nacelle.Runtime;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Runtime;

public sealed class RestartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_AfterAnEndOfTheRuntime_FindsTheSameContainers()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sh", "-c", "trap 'exit 6' TERM; while true; do sleep 0.05; done"));
        var before = (await lab.StatusAsync(id), await lab.SandboxStatusAsync(sandboxId));

        await lab.StopRuntimeAsync();
        await lab.StartRuntimeAsync();

        var after = (await lab.StatusAsync(id), await lab.SandboxStatusAsync(sandboxId));
        Assert.Equal(before.Item1.Status, after.Item1.Status);
        Assert.Equal(before.Item1.Info, after.Item1.Info);
        Assert.Equal(before.Item2.Status, after.Item2.Status);
        Assert.Equal(before.Item2.Info, after.Item2.Info);

        // Still under control: exec, new neighbours, stop.
        Assert.Equal("ok\n", await lab.ShellAsync(id, "echo ok"));
        var second = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("d", "sleep", "1001"));
        Assert.Contains("/pause", await lab.ShellAsync(second, "ps"), StringComparison.Ordinal);
        await lab.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = id, Timeout = 10 }, cancellationToken: Cancellation);
        Assert.Equal(6, (await lab.StatusAsync(id)).Status.ExitCode);
    }

    [Fact]
    public async Task StartAsync_ContainerAndPauseEndedMeanwhile_LearnsHow()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        Directory.CreateDirectory($"{lab.Directory}/flags");
        var id = await lab.RunAsync(sandboxId, sandbox, Waiting("c", "sleep 2001 & while ! test -e /flags/c; do sleep 0.05; done; exit 12"));
        var witness = await lab.RunAsync(sandboxId, sandbox, Waiting("w", "while ! test -e /flags/w; do sleep 0.05; done; kill -INT 1; sleep 1001"));
        await lab.StopRuntimeAsync();

        File.WriteAllText($"{lab.Directory}/flags/c", "");
        await lab.WaitAsync(() => Task.FromResult(File.Exists($"{lab.Directory}/run/exits/{id}")), "the container to end");
        File.WriteAllText($"{lab.Directory}/flags/w", "");
        await lab.WaitAsync(() => Task.FromResult(File.Exists($"{lab.Directory}/run/exits/{sandboxId}")), "/pause to end");
        await lab.StartRuntimeAsync();

        Assert.Equal(12, (await lab.WaitForExitAsync(id)).Status.ExitCode);
        var status = await lab.SandboxStatusAsync(sandboxId);
        Assert.Equal(PodSandboxState.SandboxNotready, status.Status.State);
        Assert.Contains("SIGINT", status.Info["nacelle.sandboxEnded"], StringComparison.Ordinal);
        Assert.Equal(137, (await lab.WaitForExitAsync(witness)).Status.ExitCode);

        ContainerConfig Waiting(string name, string script)
        {
            var config = lab.ContainerConfig(name, "sh", "-c", script);
            config.Mounts.Add(new Mount { ContainerPath = "/flags", HostPath = $"{lab.Directory}/flags" });
            return config;
        }
    }

    [Fact]
    public async Task StartAsync_SandboxWhoseMakingWasInterrupted_IsRemovedWithAllOfIt()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandboxId = await lab.RunSandboxAsync(lab.SandboxConfig());
        await lab.StopRuntimeAsync();

        // What a kill of the runtime leaves between the first record and the last.
        var path = $"{lab.Directory}/state/sandboxes/{sandboxId}/sandbox.json";
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"Ready\"", "\"Creating\"", StringComparison.Ordinal));
        await lab.StartRuntimeAsync();

        Assert.Empty((await lab.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: Cancellation)).Items);
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public async Task StartAsync_SecondRuntimeOnTheSameState_IsRefused()
    {
        await using var lab = await RuntimeLab.StartAsync();

        var failure = await Assert.ThrowsAsync<RuntimeStartException>(
            () => RuntimeHost.StartAsync(lab.Options, new Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory(), Cancellation));

        Assert.Contains("another runtime", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_NoConmon_SaysWhatIsMissing()
    {
        var directory = Directory.CreateTempSubdirectory("nrt").FullName;
        var options = new RuntimeOptions { StateDirectory = $"{directory}/s", RunDirectory = $"{directory}/r", SocketPath = $"{directory}/r/s", ConmonPath = "/no/conmon" };

        var failure = await Assert.ThrowsAsync<RuntimeStartException>(
            () => RuntimeHost.StartAsync(options, new Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory(), Cancellation));

        Assert.Contains("/no/conmon", failure.Message, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task StartAsync_StateOfANewerVersion_IsRefused()
    {
        await using var lab = await RuntimeLab.StartAsync();
        await lab.RunSandboxAsync(lab.SandboxConfig());
        await lab.StopRuntimeAsync();
        var path = Directory.GetFiles($"{lab.Directory}/state/sandboxes", "sandbox.json", SearchOption.AllDirectories).Single();
        var text = File.ReadAllText(path);
        File.WriteAllText(path, text.Replace("\"version\": 1", "\"version\": 99", StringComparison.Ordinal));

        var failure = await Assert.ThrowsAsync<RuntimeStartException>(lab.StartRuntimeAsync);

        Assert.Contains("newer version", failure.Message, StringComparison.Ordinal);
        File.WriteAllText(path, text);
        await lab.StartRuntimeAsync();
    }

    [Fact]
    public async Task StartAsync_RecordThatIsNotReadable_IsRemovedWithAllOfTheSandbox()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));
        var other = await lab.RunSandboxAsync(lab.SandboxConfig(name: "other"));
        await lab.StopRuntimeAsync();

        File.WriteAllText($"{lab.Directory}/state/sandboxes/{sandboxId}/sandbox.json", "{");
        await lab.StartRuntimeAsync();

        // Mounts, namespaces, cgroups and processes: the lab looks for them at its end.
        var left = await lab.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), cancellationToken: Cancellation);
        Assert.Equal(other, Assert.Single(left.Items).Id);
        Assert.Empty((await lab.Runtime.ListContainersAsync(new ListContainersRequest(), cancellationToken: Cancellation)).Containers);
    }
}
