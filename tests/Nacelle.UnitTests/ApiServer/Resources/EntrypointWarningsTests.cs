using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources.Pod;
using Xunit;

namespace Nacelle.UnitTests.ApiServer.Resources;

public sealed class EntrypointWarningsTests
{
    private const string Runit = """{"name": "a", "command": ["runit"]}""";
    private const string Tini = """{"name": "a", "command": ["tini", "--"], "args": ["x"]}""";

    [Theory]
    [InlineData("shareProcessNamespace", Runit, "spec.containers[0].command: runit insists on being PID 1, but /pause is (shareProcessNamespace: true): ")]
    [InlineData("hostPID", Runit, "spec.containers[0].command: runit insists on being PID 1, but the machine's init is (hostPID: true): ")]
    [InlineData("shareProcessNamespace", Tini, "spec.containers[0].command: tini is not PID 1, /pause is (shareProcessNamespace: true): ")]
    public void Of_CommandThatMindsNotBeingPid1_WarnsOnce(string field, string container, string start)
    {
        var warning = Assert.Single(PodWarnings.Of(Pod(field, container), null), text => text.StartsWith("spec.containers", StringComparison.Ordinal));

        Assert.StartsWith(start, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hostNetwork", Runit)]
    [InlineData("shareProcessNamespace", """{"name": "a", "args": ["runit"]}""")]
    [InlineData("shareProcessNamespace", """{"name": "a", "command": ["nginx"]}""")]
    [InlineData("shareProcessNamespace", """{"name": "a", "command": ["tini", "x"], "env": [{"name": "TINI_SUBREAPER", "valueFrom": {}}]}""")]
    [InlineData("shareProcessNamespace", """{"name": "a", "command": ["tini", "x"], "envFrom": [{"configMapRef": {"name": "m"}}]}""")]
    public void Of_CommandThatMayWork_IsNotWarnedOf(string field, string container) =>
        Assert.Empty(PodWarnings.Of(Pod(field, container), null));

    [Fact]
    public void Of_Update_IsNotWarnedOfAgain()
    {
        var pod = Pod("shareProcessNamespace", Runit);

        Assert.Empty(PodWarnings.Of(pod, pod));
    }

    private static JsonObject Pod(string field, string container) => JsonNode.Parse(
        $$$"""{"metadata": {"name": "p"}, "spec": {"{{{field}}}": true, "containers": [{{{container}}}]}}""")!.AsObject();
}
