using Nacelle.Kubelet.Resources;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Resources;

public sealed class PodResourcesTests
{
    [Theory]
    [InlineData("100m/-/-/- 200m/-/-/-", 300)]
    [InlineData("100m/-/-/- i1/-/-/-", 1000)] // init containers run one at a time
    [InlineData("100m/-/-/- i1/-/-/- i2/-/-/-", 2000)]
    [InlineData("100m/-/-/- s50m/-/-/-", 150)] // a sidecar runs on
    [InlineData("100m/-/-/- s50m/-/-/- i300m/-/-/-", 350)] // beside a later init container
    [InlineData("100m/-/-/- i300m/-/-/- s50m/-/-/-", 300)] // but not beside an earlier one
    [InlineData("-/-/-/-", 0)]
    public void Requests_Cpu_FollowsTheInitContainerRule(string pod, long milli) =>
        Assert.Equal(milli, PodResources.Requests(TestPods.Parse(pod)).TryGetValue("cpu", out var cpu) ? cpu.MilliValue : 0);

    [Fact]
    public void Requests_Overhead_IsAdded()
    {
        var pod = TestPods.Parse("100m/200m/-/-");
        pod.Spec.Overhead = new Dictionary<string, k8s.Models.ResourceQuantity> { ["cpu"] = new("50m"), ["memory"] = new("1Mi") };

        Assert.Equal(150, PodResources.Requests(pod)["cpu"].MilliValue);
        Assert.Equal(1 << 20, PodResources.Requests(pod)["memory"].Value);
        Assert.Equal(250, PodResources.Limits(pod)["cpu"].MilliValue);
        Assert.False(PodResources.Limits(pod).TryGetValue("memory", out var memory) && !memory.IsZero);
    }
}
