using System.Net;
using System.Text;
using k8s.Models;
using Nacelle.Kubernetes.Client;
using Xunit;

namespace Nacelle.UnitTests.Controllers;

/// <summary>The controllers with the real API server, over the real transport.</summary>
public sealed class ControllersHostTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_PodBeforeTheNodeIsReady_WaitsAndIsBoundWhenItIs()
    {
        await using var served = await ServedApi.StartAsync(Cancellation);
        await served.Client.CreateAsync(ResourceKinds.Nodes, null, Node("False"), Cancellation);
        await served.Client.CreateAsync(ResourceKinds.Pods, "default", Pod("web"), Cancellation);

        var waiting = await UntilAsync(
            () => served.Client.GetAsync(ResourceKinds.Pods, "default", "web", Cancellation),
            pod => Scheduled(pod) is { Status: "False" } condition && condition.Message.Contains("taint", StringComparison.Ordinal));
        Assert.Equal("Unschedulable", Scheduled(waiting)!.Reason);
        Assert.StartsWith("0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.", Scheduled(waiting)!.Message);

        await ReadyAsync(served);

        var bound = await UntilAsync(
            () => served.Client.GetAsync(ResourceKinds.Pods, "default", "web", Cancellation), pod => pod.Spec.NodeName is not null);
        Assert.Equal("box", bound.Spec.NodeName);
        Assert.Equal("True", Scheduled(bound)!.Status);
        var events = await UntilAsync(
            () => served.Client.ListAsync(ResourceKinds.Events, "default", new ListQuery(), Cancellation),
            list => list.Items.Exists(item => item.Reason == "Scheduled"));
        Assert.Contains(events.Items, item => item is { Type: "Warning", Reason: "FailedScheduling" });
        Assert.Contains(events.Items, item => item.Message == "Successfully assigned default/web to box");
    }

    [Fact]
    public async Task Run_NewNamespace_HasItsDefaults()
    {
        await using var served = await ServedApi.StartAsync(Cancellation);
        await served.Client.CreateAsync(ResourceKinds.Namespaces, null, Namespace("work"), Cancellation);

        await UntilAsync(() => FindAsync(served, ResourceKinds.ServiceAccounts, "work", "default"), account => account is not null);
        var map = await UntilAsync(() => FindAsync(served, ResourceKinds.ConfigMaps, "work", "kube-root-ca.crt"), found => found is not null);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", map!.Data["ca.crt"]);
    }

    [Fact]
    public async Task Run_DeletedNamespace_IsEmptiedAndGone()
    {
        await using var served = await ServedApi.StartAsync(Cancellation);
        await served.Client.CreateAsync(ResourceKinds.Namespaces, null, Namespace("work"), Cancellation);
        await served.Client.CreateAsync(
            ResourceKinds.ConfigMaps,
            "work",
            new V1ConfigMap { ApiVersion = "v1", Kind = "ConfigMap", Metadata = new V1ObjectMeta { Name = "data" } },
            Cancellation);
        await served.Client.CreateAsync(ResourceKinds.Pods, "work", Pod("web"), Cancellation);

        await served.Client.DeleteAsync(ResourceKinds.Namespaces, null, "work", null, Cancellation);

        await UntilAsync(() => FindAsync(served, ResourceKinds.Namespaces, null, "work"), found => found is null);
        Assert.Empty((await served.Client.ListAsync(ResourceKinds.Pods, null, new ListQuery(), Cancellation)).Items);
        Assert.DoesNotContain(
            (await served.Client.ListAsync(ResourceKinds.ConfigMaps, null, new ListQuery(), Cancellation)).Items,
            map => map.Metadata.NamespaceProperty == "work");
    }

    private static async Task ReadyAsync(ServedApi served)
    {
        var node = await served.Client.GetAsync(ResourceKinds.Nodes, null, "box", Cancellation);
        node.Status = Node("True").Status;
        await served.Client.ReplaceAsync(ResourceKinds.Nodes, null, "box", node, Cancellation, "status");
    }

    private static V1PodCondition? Scheduled(V1Pod pod) => pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "PodScheduled");

    private static V1Node Node(string ready) => new()
    {
        ApiVersion = "v1",
        Kind = "Node",
        Metadata = new V1ObjectMeta { Name = "box" },
        Status = new V1NodeStatus
        {
            Allocatable = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("2"), ["memory"] = new("4Gi"), ["pods"] = new("110") },
            Conditions = [new V1NodeCondition { Type = "Ready", Status = ready, Reason = "Test", Message = "test" }],
        },
    };

    private static V1Pod Pod(string name) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "main", Image = "busybox" }] },
    };

    private static V1Namespace Namespace(string name) => new() { ApiVersion = "v1", Kind = "Namespace", Metadata = new V1ObjectMeta { Name = name } };

    private static async Task<T?> FindAsync<T>(ServedApi served, ResourceKind<T> kind, string? ns, string name)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return await served.Client.GetAsync(kind, ns, name, Cancellation);
        }
        catch (ApiException e) when (e.Code == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Predicate<T> isRight)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Deadline);
        while (true)
        {
            var answer = await ask();
            if (isRight(answer))
            {
                return answer;
            }

            Assert.False(
                deadline.IsCancellationRequested,
                $"not so within {Deadline.TotalSeconds:0} s: {(answer is V1Pod pod ? Encoding.UTF8.GetString(KubernetesJson.Serialize(pod)) : answer)}");
            await Task.Delay(20, Cancellation);
        }
    }
}
