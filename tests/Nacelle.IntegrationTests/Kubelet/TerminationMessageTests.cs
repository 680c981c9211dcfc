using Nacelle.IntegrationTests.Runtime;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Kubelet;

public sealed class TerminationMessageTests
{
    [Theory]
    [InlineData("echo -n farewell >/dev/termination-log; echo logged; exit 3", "File", "farewell")]
    [InlineData("echo logged; exit 3", "FallbackToLogsOnError", "logged")]
    [InlineData("echo logged; exit 0", "FallbackToLogsOnError", "")]
    public async Task Fill_ContainerThatHasEnded_HasItsLastWords(string script, string policy, string expected)
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var uid = sandbox.Metadata.Uid;
        sandbox.Labels[CriLabels.PodUid] = uid;
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var file = $"{lab.Directory}/last-words";
        File.WriteAllText(file, "");
        var config = lab.ContainerConfig("c", "sh", "-c", script);
        config.Mounts.Add(new Mount { ContainerPath = "/dev/termination-log", HostPath = file });
        config.Labels[CriLabels.PodUid] = uid;
        config.Labels[CriLabels.ContainerName] = "c";
        config.Annotations[CriLabels.TerminationMessagePath] = "/dev/termination-log";
        config.Annotations[CriLabels.TerminationMessagePolicy] = policy;
        await lab.WaitForExitAsync(await lab.RunAsync(sandboxId, sandbox, config));

        using var cri = new CriClient(lab.Options.SocketPath);
        var pod = TerminationMessages.Fill(await new RuntimeReader(cri).ReadAsync(uid, TestContext.Current.CancellationToken));

        Assert.Equal(expected, Assert.Single(pod.Containers).Message.TrimEnd());
    }
}
