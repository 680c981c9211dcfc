using Nacelle.Kubelet.InspectApi;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.InspectApi;

public sealed class ProcessTableTests
{
    private const ulong Default = 0x00000000a80425fb;

    [Theory]
    [InlineData(0UL, "none")]
    [InlineData(Default, "default")]
    [InlineData(Default | (1UL << 19), "default+SYS_PTRACE")]
    [InlineData(Default & ~(1UL << 13), "default-NET_RAW")]
    [InlineData((Default | (1UL << 21)) & ~(1UL << 5), "default+SYS_ADMIN-KILL")]
    [InlineData(1UL << 10, "NET_BIND_SERVICE")]
    [InlineData(0x1ffffffffffUL, "all")]
    [InlineData(0x3fffffffffUL, "all")]
    public void CapabilitiesOf_Set_IsComparedWithTheDefault(ulong set, string expected) => Assert.Equal(expected, ProcessTable.CapabilitiesOf(set));

    [Fact]
    public void CapabilitiesOf_AllButOne_DoesNotSayAll() => Assert.NotEqual("all", ProcessTable.CapabilitiesOf(0x1ffffffffffUL & ~(1UL << 21)));

    [Fact]
    public void CapabilitiesOf_OneThatIsNew_ShowsItsNumber() => Assert.Equal("default+63", ProcessTable.CapabilitiesOf(Default | (1UL << 63)));

    [Fact]
    public void CommandOf_Arguments_AreJoined() => Assert.Equal("sh -c sleep 1", ProcessTable.CommandOf(TestProcesses.Observed(1, "sh", "-c", "sleep 1")));

    [Fact]
    public void CommandOf_NoArguments_IsTheKernelsNameInBrackets() => Assert.Equal("[program]", ProcessTable.CommandOf(TestProcesses.Observed(1)));

    [Fact]
    public void CommandOf_LongArguments_AreCutAndSaySo()
    {
        var command = ProcessTable.CommandOf(TestProcesses.Observed(1, new string('a', 200)));

        Assert.Equal(120, command.Length);
        Assert.EndsWith("a…", command);
    }

    [Fact]
    public void CommandOf_ArgumentsThatWereCutBefore_SaySo() =>
        Assert.Equal("sh x…", ProcessTable.CommandOf(TestProcesses.Observed(1, "sh", "x") with { ArgumentsCut = true }));
}
