using Nacelle.Kubernetes.Exposure;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.Exposure;

public sealed class LinuxCapabilitiesTests
{
    [Fact]
    public void Names_AreThoseThatContainersAreGiven() => Assert.Equal(CapabilityNames.All.AsEnumerable(), LinuxCapabilities.Names);

    [Theory]
    [InlineData("SYS_PTRACE", 19)]
    [InlineData("cap_kill", 5)]
    [InlineData("CAP_NOTHING", null)]
    public void Number_Name_IsFoundWithAndWithoutItsPrefix(string name, int? expected) => Assert.Equal(expected, LinuxCapabilities.Number(name));
}
