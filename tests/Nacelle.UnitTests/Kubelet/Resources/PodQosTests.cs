using Nacelle.Kubelet.Resources;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Resources;

public sealed class PodQosTests
{
    [Theory]
    [InlineData("-/-/-/-", QosClass.BestEffort)]
    [InlineData("0/0/0/0", QosClass.BestEffort)]
    [InlineData("-/-/-/- -/-/-/-", QosClass.BestEffort)]
    [InlineData("1/1/1Gi/1Gi", QosClass.Guaranteed)]
    [InlineData("1/1000m/1Gi/1024Mi", QosClass.Guaranteed)]
    [InlineData("1/1/1Gi/1Gi 2/2/1Gi/1Gi", QosClass.Guaranteed)]
    [InlineData("1/1/1Gi/1Gi i1/1/1Gi/1Gi", QosClass.Guaranteed)]
    [InlineData("1/1/1Gi/1Gi i-/-/-/-", QosClass.Burstable)]
    [InlineData("1/1/1Gi/1Gi -/-/-/-", QosClass.Burstable)]
    [InlineData("1/1/-/-", QosClass.Burstable)]
    [InlineData("1/2/1Gi/1Gi", QosClass.Burstable)]
    [InlineData("-/-/1Mi/-", QosClass.Burstable)]
    [InlineData("-/-/-/- i100m/-/-/-", QosClass.Burstable)]
    public void Of_Pod_IsItsClass(string pod, QosClass expected) => Assert.Equal(expected, PodQos.Of(TestPods.Parse(pod)));
}
