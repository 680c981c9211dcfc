using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Controllers.Scheduling.Filters;

namespace Nacelle.Controllers.Scheduling;

/// <summary>Chooses the node of a Pod: the filters in kube-scheduler's order, then the node with the fewest Pods.</summary>
public static class NodeChoice
{
    public static ImmutableArray<NodeFilter> Filters { get; } =
    [
        NodeUnschedulableFilter.Check,
        TaintFilter.Check,
        NodeAffinityFilter.Check,
        NodePortsFilter.Check,
        NodeResourcesFilter.Check,
        TopologySpreadFilter.Check,
        PodAffinityFilter.Check,
    ];

    public static SchedulingDecision Decide(V1Pod pod, IReadOnlyList<NodeInfo> nodes)
    {
        if (nodes.Count == 0)
        {
            return new SchedulingDecision(null, "no nodes available to schedule pods");
        }

        var refusals = new List<Refusal>();
        var helpless = 0;
        NodeInfo? chosen = null;
        foreach (var node in nodes.OrderBy(node => node.Name, StringComparer.Ordinal))
        {
            var found = Refusals(pod, node);
            refusals.AddRange(found);
            helpless += found.Any(refusal => !refusal.EndsWithFewerPods) ? 1 : 0;
            if (found.Count == 0 && (chosen is null || node.Pods.Count < chosen.Pods.Count))
            {
                chosen = node;
            }
        }

        return chosen is not null
            ? new SchedulingDecision(chosen.Name, "")
            : new SchedulingDecision(null, FailureMessage.Write(nodes.Count, refusals, helpless));
    }

    /// <summary>The reasons of the first filter that refuses; the filters after it are not asked.</summary>
    private static IReadOnlyList<Refusal> Refusals(V1Pod pod, NodeInfo node)
        => Filters.Select(filter => filter(pod, node)).FirstOrDefault(found => found.Count > 0) ?? [];
}
