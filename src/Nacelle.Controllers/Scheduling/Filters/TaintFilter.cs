using k8s.Models;
using Nacelle.Controllers.Nodes;

namespace Nacelle.Controllers.Scheduling.Filters;

/// <summary>
/// A taint with effect NoSchedule or NoExecute keeps out every Pod that does not tolerate it; the first such taint is named. The taints are those that the
/// node's conditions call for: a node that has just become ready, or ceased to be, is judged so before its spec says it.
/// </summary>
public static class TaintFilter
{
    public static IReadOnlyList<Refusal> Check(V1Pod pod, NodeInfo node)
    {
        foreach (var taint in NodeTaints.Effective(node.Node))
        {
            if (taint.Effect is "NoSchedule" or "NoExecute" && !Tolerations.Tolerate(pod, taint))
            {
                return [new Refusal($"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}", EndsWithFewerPods: false)];
            }
        }

        return [];
    }
}
