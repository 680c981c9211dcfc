using Nacelle.Runtime;
using Nacelle.Runtime.Oci;
using Runtime.V1;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Oci;

public sealed class CapabilitiesTests
{
    private const ulong Everything = (1UL << 41) - 1;

    [Fact]
    public void Resolve_NothingAsked_GivesTheUsualFourteen()
    {
        var set = Capabilities.Resolve(null, privileged: false, Everything);

        Assert.Equal(14, set.Bounding.Length);
        Assert.Contains("CAP_NET_BIND_SERVICE", set.Effective);
        Assert.DoesNotContain("CAP_SYS_ADMIN", set.Permitted);
        Assert.Empty(set.Ambient);
        Assert.Empty(set.Inheritable);
    }

    [Fact]
    public void Resolve_DropAllAddOne_GivesThatOne()
    {
        var set = Capabilities.Resolve(new Capability { DropCapabilities = { "all" }, AddCapabilities = { "cap_net_raw" } }, false, Everything);

        Assert.Equal(["CAP_NET_RAW"], set.Bounding);
    }

    [Fact]
    public void Resolve_AddAllDropOne_GivesTheRest()
    {
        var set = Capabilities.Resolve(new Capability { AddCapabilities = { "ALL" }, DropCapabilities = { "SYS_TIME" } }, false, Everything);

        Assert.Equal(40, set.Bounding.Length);
        Assert.DoesNotContain("CAP_SYS_TIME", set.Bounding);
    }

    [Fact]
    public void Resolve_Privileged_GivesWhatTheMachineHas()
    {
        var set = Capabilities.Resolve(null, privileged: true, 0b101);

        Assert.Equal(["CAP_CHOWN", "CAP_DAC_READ_SEARCH"], set.Bounding);
    }

    [Theory]
    [InlineData("NOT_ONE")]
    [InlineData("SYS_ADMIN")]
    public void Resolve_UnknownOrNotAvailable_IsRefused(string name)
    {
        var failure = Assert.Throws<RuntimeException>(
            () => Capabilities.Resolve(new Capability { AddCapabilities = { name } }, false, available: (1UL << 20) - 1));

        Assert.Equal(FailureKind.InvalidArgument, failure.Kind);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_Ambient_IsRefused() =>
        Assert.Throws<RuntimeException>(() => Capabilities.Resolve(new Capability { AddAmbientCapabilities = { "CHOWN" } }, false, Everything));
}
