using k8s.Models;
using Nacelle.Controllers.Scheduling;
using Xunit;
using static Nacelle.UnitTests.Controllers.Scheduling.SchedulingObjects;

namespace Nacelle.UnitTests.Controllers.Scheduling;

public sealed class PodRequestsTests
{
    [Fact]
    public void Of_SeveralContainers_AddsThem()
    {
        var pod = Pod("web", spec => spec.Containers.Add(Container("side", ("cpu", "250m"), ("memory", "1Mi"))), ("cpu", "0.5"));

        Assert.Equal(new Dictionary<string, decimal> { ["cpu"] = 0.75m, ["memory"] = 1048576m }, PodRequests.Of(pod));
    }

    [Fact]
    public void Of_InitContainerLargerThanTheRest_TakesIts()
        => Assert.Equal(2m, PodRequests.Of(Pod("web", spec => spec.InitContainers = [Container("init", ("cpu", "2"))], ("cpu", "1")))["cpu"]);

    [Fact]
    public void Of_RestartableInitContainer_CountsBesideTheContainersAndBesideLaterInits()
    {
        var pod = Pod("web", spec => spec.InitContainers = [Sidecar("100m"), Container("init", ("cpu", "2"))], ("cpu", "1"));
        Assert.Equal(2.1m, PodRequests.Of(pod)["cpu"]);

        pod.Spec.InitContainers[1].Resources = null;
        Assert.Equal(1.1m, PodRequests.Of(pod)["cpu"]);
    }

    [Fact]
    public void Of_RequestsOfTheWholePod_TakeTheContainersPlace()
    {
        var pod = Pod(
            "web",
            spec => spec.Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("3") } },
            ("cpu", "1"),
            ("memory", "1"));

        Assert.Equal(new Dictionary<string, decimal> { ["cpu"] = 3m, ["memory"] = 1m }, PodRequests.Of(pod));
    }

    [Fact]
    public void Of_Overhead_IsAdded()
        => Assert.Equal(
            1.25m,
            PodRequests.Of(Pod("web", spec => spec.Overhead = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("250m") }, ("cpu", "1")))["cpu"]);

    private static V1Container Sidecar(string cpu)
    {
        var container = Container("sidecar", ("cpu", cpu));
        container.RestartPolicy = "Always";
        return container;
    }
}
