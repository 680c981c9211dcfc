using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Kubelet.Status;
using Nacelle.UnitTests.Kubelet.Fakes;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Status;

public sealed class PodStatusPublisherTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_SeveralAtOnce_SendsTheNewestAndDrains()
    {
        using var api = new FakeApi();
        using var client = api.Client();
        var publisher = new PodStatusPublisher(client, Pods.Make(), TimeProvider.System, NullLogger.Instance, Stop);

        for (var i = 0; i < 50; i++)
        {
            publisher.Publish(new V1PodStatus { Message = $"m{i}" });
        }

        await publisher.DrainAsync(Stop);
        Assert.Equal("m49", api.Status.Message);
        Assert.InRange(api.Patches.Count, 1, 50);
        Assert.Equal("m49", publisher.Latest!.Message);
    }

    [Fact]
    public async Task Publish_Unchanged_SendsNothing()
    {
        using var api = new FakeApi();
        using var client = api.Client();
        var publisher = new PodStatusPublisher(client, Pods.Make(), TimeProvider.System, NullLogger.Instance, Stop);
        publisher.Publish(new V1PodStatus { Phase = "Running" });
        await publisher.DrainAsync(Stop);

        publisher.Publish(new V1PodStatus { Phase = "Running" });
        await publisher.DrainAsync(Stop);

        Assert.Single(api.Patches);
    }

    [Fact]
    public void Observe_NewerObject_TakesOverForeignConditionsOnly()
    {
        using var api = new FakeApi();
        using var client = api.Client();
        var pod = Pods.Make();
        pod.Metadata.ResourceVersion = "5";
        var publisher = new PodStatusPublisher(client, pod, TimeProvider.System, NullLogger.Instance, Stop);

        publisher.Observe(Observed("6", "PodScheduled", "Ready"));
        publisher.Observe(Observed("4", "Old"));

        Assert.Equal(["PodScheduled"], publisher.Foreign.Select(c => c.Type));
    }

    [Fact]
    public async Task Publish_OthersWroteMeanwhile_TakesTheirConditionsFromTheAnswer()
    {
        using var api = new FakeApi { ResourceVersion = "7" };
        using var client = api.Client();
        var pod = Observed("5", "PodScheduled");
        var publisher = new PodStatusPublisher(client, pod, TimeProvider.System, NullLogger.Instance, Stop);
        api.SetCondition("PodScheduled", "True");
        api.SetCondition("example.com/gate", "True");

        publisher.Publish(new V1PodStatus { Phase = "Running" });
        await publisher.DrainAsync(Stop);
        publisher.Observe(Observed("6", "PodScheduled"));

        Assert.Equal(["PodScheduled", "example.com/gate"], publisher.Foreign.Select(c => c.Type));
    }

    private static V1Pod Observed(string version, params string[] conditions)
    {
        var pod = Pods.Make();
        pod.Metadata.ResourceVersion = version;
        pod.Status = new V1PodStatus { Conditions = [.. conditions.Select(c => new V1PodCondition { Type = c, Status = "True" })] };
        return pod;
    }
}
