using Nacelle.Kubelet.Cgroups;
using Nacelle.UnitTests.Kubelet.Resources;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Cgroups;

public sealed class PodCgroupLimitsTests
{
    [Theory]
    [InlineData("-/-/-/-", 2, null, null)]
    [InlineData("1/1/1Gi/1Gi 1/1/1Gi/1Gi", 2048, 200_000L, 2L << 30)]
    [InlineData("100m/200m/1Mi/2Mi", 102, 20_000L, 2L << 20)]
    [InlineData("100m/200m/1Mi/2Mi -/-/-/-", 102, null, null)] // one container without a limit: the Pod has none
    [InlineData("100m/200m/-/- i-/100m/-/-", 102, 20_000L, null)]
    [InlineData("100m/200m/-/- i-/-/-/-", 102, null, null)]
    public void Of_Pod_LimitsTheSumOnlyWhereEveryContainerIsLimited(string pod, long shares, long? quota, long? memory)
    {
        var limits = PodCgroupLimits.Of(TestPods.Parse(pod));

        Assert.Equal((shares, quota, memory), (limits.CpuShares, limits.CpuQuota, limits.MemoryLimit));
        Assert.Null(limits.MemorySwapLimit);
    }
}
