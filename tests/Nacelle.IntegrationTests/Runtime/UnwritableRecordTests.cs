using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Runtime;

/// <summary>A directory in the place of a record makes every write of it fail, as a full disk does.</summary>
public sealed class UnwritableRecordTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ContainerEnd_RecordCanNotBeWritten_IsRecordedOnceItCan()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await RunWaitingAsync(lab, sandboxId, sandbox);
        var record = Block(lab, $"containers/{id}/container.json");

        await EndAsync(lab, id);
        Assert.Equal(ContainerState.ContainerRunning, (await lab.StatusAsync(id)).Status.State);
        Unblock(record);

        Assert.Equal(12, (await lab.WaitForExitAsync(id)).Status.ExitCode);
    }

    [Fact]
    public async Task StopContainerAndSandbox_RecordCanNotBeWritten_StopAllTheSame()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await RunWaitingAsync(lab, sandboxId, sandbox);
        var record = Block(lab, $"containers/{id}/container.json");
        await EndAsync(lab, id);

        await lab.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = id, Timeout = 100 }, cancellationToken: Cancellation);
        var status = (await lab.StatusAsync(id)).Status;
        await lab.Runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = sandboxId }, cancellationToken: Cancellation);
        Unblock(record);

        Assert.Equal((ContainerState.ContainerExited, 12), (status.State, status.ExitCode));
        Assert.Equal(PodSandboxState.SandboxNotready, (await lab.SandboxStatusAsync(sandboxId)).Status.State);
    }

    [Fact]
    public async Task RemoveContainer_RecordCanNotBeWritten_RemovesItAllTheSame()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await RunWaitingAsync(lab, sandboxId, sandbox);
        Block(lab, $"containers/{id}/container.json");
        await EndAsync(lab, id);

        await lab.Runtime.RemoveContainerAsync(new RemoveContainerRequest { ContainerId = id }, cancellationToken: Cancellation);

        Assert.False(Directory.Exists($"{lab.Directory}/state/containers/{id}"));
    }

    [Fact]
    public async Task SandboxEnd_RecordCanNotBeWritten_IsRecordedOnceItCan()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));
        var record = Block(lab, $"sandboxes/{sandboxId}/sandbox.json");

        await lab.ExecAsync(id, "kill", "-INT", "1");
        await lab.WaitAsync(() => Task.FromResult(lab.Log.Contains($"Watching sandbox {sandboxId} failed", StringComparison.Ordinal)), "the failure");
        Unblock(record);

        await lab.WaitAsync(async () => (await lab.SandboxStatusAsync(sandboxId)).Status.State == PodSandboxState.SandboxNotready, "the end");
    }

    private static async Task<string> RunWaitingAsync(RuntimeLab lab, string sandboxId, PodSandboxConfig sandbox)
    {
        Directory.CreateDirectory($"{lab.Directory}/flags");
        var config = lab.ContainerConfig("c", "sh", "-c", "while ! test -e /flags/end; do sleep 0.05; done; exit 12");
        config.Mounts.Add(new Mount { ContainerPath = "/flags", HostPath = $"{lab.Directory}/flags" });
        return await lab.RunAsync(sandboxId, sandbox, config);
    }

    private static async Task EndAsync(RuntimeLab lab, string id)
    {
        File.WriteAllText($"{lab.Directory}/flags/end", "");
        await lab.WaitAsync(() => Task.FromResult(lab.Log.Contains($"Watching container {id} failed", StringComparison.Ordinal)), "the failure");
    }

    private static string Block(RuntimeLab lab, string path)
    {
        var record = $"{lab.Directory}/state/{path}";
        File.Move(record, record + ".kept");
        Directory.CreateDirectory(record);
        return record;
    }

    private static void Unblock(string record)
    {
        Directory.Delete(record);
        File.Move(record + ".kept", record);
    }
}
