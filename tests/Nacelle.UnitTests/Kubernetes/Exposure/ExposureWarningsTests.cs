using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.Exposure;

public sealed class ExposureWarningsTests
{
    [Fact]
    public void Of_PageOfTheDocumentation_IsOneLineOnTheShell() => Assert.Equal(
        ["spec.shareProcessNamespace: container shell can reach environ, root, memory, descriptors of container nginx; to close it, run container shell as a user of its own that is not root (securityContext.runAsUser)"],
        Of("""{"shareProcessNamespace":true,"containers":[{"name":"nginx","image":"nginx"},{"name":"shell","image":"busybox","securityContext":{"capabilities":{"add":["SYS_PTRACE"]}}}]}"""));

    [Theory]
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"}]}""")]
    [InlineData("""{"shareProcessNamespace":true,"containers":[{"name":"a"}]}""")]
    [InlineData("""{"shareProcessNamespace":true,"containers":[{"name":"a","securityContext":{"runAsUser":1}},{"name":"b","securityContext":{"runAsUser":2}}]}""")]
    public void Of_NothingThatMatters_IsEmpty(string spec) => Assert.Empty(Of(spec));

    [Fact]
    public void Of_ManyPairs_IsThreeLinesWithSecretsFirst()
    {
        IReadOnlyList<string> lines = Of("""
            {"shareProcessNamespace":true,"containers":[{"name":"a"},{"name":"b"},
             {"name":"c","env":[{"name":"P","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}]}]}
            """);
        Assert.Equal(3, lines.Count);
        Assert.StartsWith("spec.shareProcessNamespace: container a can reach environ, root, memory, descriptors of container c: Secret db, key password (env P); to close it, ", lines[0]);
        Assert.Equal("spec.shareProcessNamespace: 4 more pairs of containers are open to each other; \"nacelle audit\" lists them", lines[2]);
        Assert.All(lines, line => Assert.DoesNotContain('\n', line));
    }

    [Fact]
    public void Of_HostPid_NamesTheHost() =>
        Assert.Contains("the host", Of("""{"hostPID":true,"containers":[{"name":"a"}]}""")[0]);

    private static IReadOnlyList<string> Of(string spec) => ExposureWarnings.Of(JsonNode.Parse(spec)!.AsObject());
}
