using k8s.Models;
using Nacelle.Kubelet.Resources;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Resources;

public sealed class ContainerResourcesTests
{
    private const long Gibibyte = 1L << 30;

    [Theory]
    // pod; shares, quota, memory limit, oom_score_adj on a machine of 4 GiB
    [InlineData("-/-/-/-", 2, 0, 0, 1000)]
    [InlineData("100m/-/-/-", 102, 0, 0, 999)]
    [InlineData("1m/-/-/-", 2, 0, 0, 999)]
    [InlineData("-/500m/-/-", 512, 50_000, 0, 999)]
    [InlineData("250m/500m/1Gi/2Gi", 256, 50_000, 2 * Gibibyte, 750)]
    [InlineData("1/1/1Gi/1Gi", 1024, 100_000, Gibibyte, -997)]
    [InlineData("-/1m/-/-", 2, 1000, 0, 999)]
    [InlineData("1000/-/4Gi/-", 262_144, 0, 0, 3)]
    [InlineData("0/500m/-/-", 2, 50_000, 0, 999)]
    public void ToLinux_Container_IsAsTheKubeletSendsIt(string pod, long shares, long quota, long memory, long oomScore)
    {
        var parsed = TestPods.Parse(pod);
        var linux = ContainerResources.ToLinux(parsed, parsed.Spec.Containers[0], 4 * Gibibyte);

        Assert.Equal((shares, quota, 100_000, memory, oomScore),
            (linux.CpuShares, linux.CpuQuota, linux.CpuPeriod, linux.MemoryLimitInBytes, linux.OomScoreAdj));
        Assert.Empty(linux.Unified);
    }

    [Fact]
    public void ToLinux_Sidecar_IsKilledNoEarlierThanWhatItServes()
    {
        var pod = TestPods.Parse("-/-/2Gi/- s-/-/-/-");

        Assert.Equal(500, ContainerResources.ToLinux(pod, pod.Spec.InitContainers[0], 4 * Gibibyte).OomScoreAdj);
    }

    [Fact]
    public void ToLinux_CriticalPod_IsKilledLast()
    {
        var pod = TestPods.Parse("-/-/-/-");
        pod.Spec.Priority = 2_000_001_000;

        Assert.Equal(-997, ContainerResources.ToLinux(pod, pod.Spec.Containers[0], 4 * Gibibyte).OomScoreAdj);
    }

    [Theory]
    [InlineData("hugepages-2Mi", "2MB")]
    [InlineData("hugepages-1Gi", "1GB")]
    [InlineData("hugepages-64Ki", "64KB")]
    public void ToLinux_HugePages_NamesThePageSizeAsTheCgroupFileDoes(string resource, string pageSize)
    {
        var pod = TestPods.Parse("-/-/-/-");
        pod.Spec.Containers[0].Resources.Limits[resource] = new ResourceQuantity("4Gi");
        var limit = Assert.Single(ContainerResources.ToLinux(pod, pod.Spec.Containers[0], 4 * Gibibyte).HugepageLimits);

        Assert.Equal((pageSize, (ulong)(4 * Gibibyte)), (limit.PageSize, limit.Limit));
    }
}
