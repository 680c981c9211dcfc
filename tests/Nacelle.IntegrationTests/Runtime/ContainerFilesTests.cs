using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Runtime;

/// <summary>Files that the runtime makes or hands on: the sandbox's, the image's volumes, the log.</summary>
public sealed class ContainerFilesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateContainer_ImageWithVolumes_HasTheirDirectories()
    {
        await using var lab = await RuntimeLab.StartAsync("""{"Cmd":["sh"],"Env":["PATH=/bin"],"Volumes":{"/var/lib/data":{},"/cache":{}}}""");
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));

        Assert.Equal("ok\n", await lab.ShellAsync(id, "touch /var/lib/data/x /cache/x && echo ok"));
    }

    [Fact]
    public async Task RunPodSandbox_NoHostsFileFromTheClient_ContainersSeeThePodsName()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var id = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("c", "sleep", "1001"));
        var address = (await lab.SandboxStatusAsync(sandboxId)).Status.Network.Ip;

        var hosts = await lab.ShellAsync(id, "cat /etc/hosts");

        Assert.Contains("127.0.0.1\tlocalhost\n", hosts, StringComparison.Ordinal);
        Assert.Contains($"{address}\tlab\n", hosts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReopenContainerLog_LogMovedAway_GoesOnInANewFile()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        Directory.CreateDirectory($"{lab.Directory}/flags");
        var config = lab.ContainerConfig("c", "sh", "-c", "echo first; while ! test -e /flags/second; do sleep 0.05; done; echo second; sleep 1001");
        config.Mounts.Add(new Mount { ContainerPath = "/flags", HostPath = $"{lab.Directory}/flags" });
        var id = await lab.RunAsync(sandboxId, sandbox, config);
        var log = (await lab.StatusAsync(id)).Status.LogPath;
        await lab.WaitAsync(() => Task.FromResult(File.ReadAllText(log).Contains("first", StringComparison.Ordinal)), "the first line");

        File.Move(log, log + ".1");
        await lab.Runtime.ReopenContainerLogAsync(new ReopenContainerLogRequest { ContainerId = id }, cancellationToken: Cancellation);
        await lab.WaitAsync(() => Task.FromResult(File.Exists(log)), "the new file");
        File.WriteAllText($"{lab.Directory}/flags/second", "");
        await lab.WaitAsync(() => Task.FromResult(File.ReadAllText(log).Contains("second", StringComparison.Ordinal)), "the second line");

        Assert.DoesNotContain("first", File.ReadAllText(log), StringComparison.Ordinal);
        Assert.DoesNotContain("second", File.ReadAllText(log + ".1"), StringComparison.Ordinal);
    }
}
