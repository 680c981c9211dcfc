using k8s.Models;

namespace Nacelle.Controllers.Scheduling.Filters;

/// <summary>A cordoned node takes only Pods that tolerate the taint node.kubernetes.io/unschedulable.</summary>
public static class NodeUnschedulableFilter
{
    private static readonly V1Taint Unschedulable = new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" };

    public static IReadOnlyList<Refusal> Check(V1Pod pod, NodeInfo node)
        => node.Node.Spec?.Unschedulable != true || Tolerations.Tolerate(pod, Unschedulable)
            ? []
            : [new Refusal("node(s) were unschedulable", EndsWithFewerPods: false)];
}
