using k8s.Models;
using Nacelle.Controllers.Scheduling;

namespace Nacelle.UnitTests.Controllers.Scheduling;

/// <summary>Pods and nodes for the scheduling tests: small, valid, and changed by the test that uses them.</summary>
internal static class SchedulingObjects
{
    public static V1Pod Pod(string name, Action<V1PodSpec>? change = null, params (string Resource, string Amount)[] requests)
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default", Uid = name, Labels = new Dictionary<string, string>() },
            Spec = new V1PodSpec { SchedulerName = "default-scheduler", Containers = [Container("main", requests)] },
        };
        change?.Invoke(pod.Spec);
        return pod;
    }

    public static V1Container Container(string name, params (string Resource, string Amount)[] requests) => new()
    {
        Name = name,
        Image = "busybox",
        Resources = new V1ResourceRequirements
        {
            Requests = requests.ToDictionary(request => request.Resource, request => new ResourceQuantity(request.Amount)),
        },
    };

    public static V1Node Node(string name = "box", Action<V1Node>? change = null)
    {
        var node = new V1Node
        {
            Metadata = new V1ObjectMeta
            {
                Name = name,
                Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name, ["disk"] = "ssd", ["cores"] = "2" },
            },
            Spec = new V1NodeSpec(),
            Status = new V1NodeStatus
            {
                Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }],
                Allocatable = new Dictionary<string, ResourceQuantity>
                {
                    ["cpu"] = new("2"),
                    ["memory"] = new("4Gi"),
                    ["pods"] = new("110"),
                },
            },
        };
        change?.Invoke(node);
        return node;
    }

    public static NodeInfo Info(Action<V1Node>? change = null, params V1Pod[] pods) => new(Node(change: change), pods);
}
