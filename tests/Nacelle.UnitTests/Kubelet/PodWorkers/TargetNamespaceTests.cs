using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.PodWorkers;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodWorkers;

public sealed class TargetNamespaceTests
{
    [Theory]
    [InlineData("pid:[1]", "pid:[1]", false)]
    [InlineData("pid:[1]", "pid:[2]", true)]
    [InlineData(null, "pid:[2]", false)]
    [InlineData("pid:[1]", null, false)]
    [InlineData(null, null, false)]
    public void Differ_OnlyWhatIsKnownOfBoth_Counts(string? own, string? target, bool expected) => Assert.Equal(expected, TargetNamespace.Differ(own, target));

    [Theory]
    [InlineData("""{"sandboxID":"s","pid":42}""", 42)]
    [InlineData("""{"pid":0}""", null)]
    [InlineData("""{"pid":-1}""", null)]
    [InlineData("""{"pid":"42"}""", null)]
    [InlineData("""{"pid":99999999999}""", null)]
    [InlineData("""{}""", null)]
    [InlineData("""[1]""", null)]
    [InlineData("""not json""", null)]
    public void Pid_InfoOfARuntime_IsReadWhereItIsThere(string json, int? expected) =>
        Assert.Equal(expected, ProcessInfo.Pid(new Dictionary<string, string> { ["info"] = json }));

    [Fact]
    public void Pid_NoInfo_IsUnknown() => Assert.Null(ProcessInfo.Pid(new Dictionary<string, string>()));
}
