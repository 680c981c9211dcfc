using Xunit;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>kubectl exec of every version, by WebSocket or SPDY as it prefers.</summary>
public sealed class KubectlExecTests
{
    public static TheoryData<string> Versions => [.. Kubectl.Versions];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Exec_BothOutputs_ArriveApart(string version)
    {
        await using var lab = await new StreamingLab().StartAsync();

        var result = await lab.Kubectl(version).RunAsync("", "exec", "web", "-c", "main", "--", "sh", "-c", "echo out; echo err >&2");

        Assert.Equal((0, "out\n", "err\n"), (result.ExitCode, result.Output, result.Error));
        Assert.False(lab.CredentialPassedOn);
        Assert.Equal([Kubectl.SpeaksWebSocket(version, "1.30") ? "v5.channel.k8s.io" : "v4.channel.k8s.io"], lab.Upgrades);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Exec_NonZeroExit_BecomesExitCodeOfKubectl(string version)
    {
        await using var lab = await new StreamingLab().StartAsync();

        var result = await lab.Kubectl(version).RunAsync("", "exec", "web", "-c", "main", "--", "sh", "-c", "exit 42");

        Assert.Equal(42, result.ExitCode);
        Assert.Contains("command terminated with exit code 42", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web", "gone", "container not found (\"gone\")")]
    [InlineData("web", "nobody", "container nobody is not valid for pod web")]
    [InlineData("other", "main", "pod does not exist")]
    public async Task Exec_NothingThere_KubectlSaysWhy(string pod, string container, string message)
    {
        await using var lab = await new StreamingLab().StartAsync();
        foreach (var version in Kubectl.Versions)
        {
            var result = await lab.Kubectl(version).RunAsync("", "exec", pod, "-c", container, "--", "true");

            Assert.Equal(1, result.ExitCode);
            Assert.Contains(message, result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Exec_CannotStart_KubectlSaysWhy()
    {
        await using var lab = await new StreamingLab { OpenExec = (_, _) => throw new IOException("no such file") }.StartAsync();
        foreach (var version in Kubectl.Versions)
        {
            var result = await lab.Kubectl(version).RunAsync("", "exec", "web", "-c", "main", "--", "nonsense");

            Assert.Equal(1, result.ExitCode);
            Assert.Contains("Internal error occurred: error executing command in container: no such file", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Exec_RuntimeRefuses_KubectlSaysWhy()
    {
        var failure = new Grpc.Core.RpcException(new Grpc.Core.Status(Grpc.Core.StatusCode.FailedPrecondition, "container c is not running"));
        await using var lab = await new StreamingLab { ExecFailure = failure }.StartAsync();
        foreach (var version in Kubectl.Versions)
        {
            var result = await lab.Kubectl(version).RunAsync("", "exec", "web", "-c", "main", "--", "true");

            Assert.Equal(1, result.ExitCode);
            Assert.Contains("container c is not running", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Exec_StdinEnds_ProcessSeesEndOfFile(string version)
    {
        await using var lab = await new StreamingLab().StartAsync();

        // sort prints only after end of file, so this passes only with a half-close.
        var result = await lab.Kubectl(version).RunAsync("b\na\n", "exec", "-i", "web", "-c", "main", "--", "sort");

        Assert.Equal((0, "a\nb\n", ""), (result.ExitCode, result.Output, result.Error));
    }
}
