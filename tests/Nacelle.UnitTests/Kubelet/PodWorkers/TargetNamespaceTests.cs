using Nacelle.Kubelet.PodWorkers;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodWorkers;

public sealed class TargetNamespaceTests
{
    [Theory]
    [InlineData(1UL, 1UL, false)]
    [InlineData(1UL, 2UL, true)]
    [InlineData(null, 2UL, false)]
    [InlineData(1UL, null, false)]
    [InlineData(null, null, false)]
    public void Differ_OnlyWhatIsKnownOfBoth_Counts(ulong? own, ulong? target, bool expected) => Assert.Equal(expected, TargetNamespace.Differ(own, target));
}
