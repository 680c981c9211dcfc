using k8s.Models;

namespace Nacelle.Controllers.Scheduling.Filters;

/// <summary>
/// <c>topologySpreadConstraints</c> with DoNotSchedule. One node is one domain of each key it is labelled with, and the least loaded one,
/// so the skew is at most 1 and always allowed; only <c>minDomains</c> above 1 makes the least count 0.
/// </summary>
public static class TopologySpreadFilter
{
    public static IReadOnlyList<Refusal> Check(V1Pod pod, NodeInfo node)
    {
        foreach (var constraint in pod.Spec.TopologySpreadConstraints ?? [])
        {
            if (constraint.WhenUnsatisfiable != "DoNotSchedule")
            {
                continue;
            }

            if (node.Node.Metadata.Labels?.ContainsKey(constraint.TopologyKey) != true)
            {
                return [new Refusal("node(s) didn't match pod topology spread constraints (missing required label)", EndsWithFewerPods: false)];
            }

            var matching = node.Pods.Count(other => other.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty
                && other.Metadata.DeletionTimestamp is null
                && LabelSelectors.Matches(constraint.LabelSelector, other.Metadata.Labels));
            var self = LabelSelectors.Matches(constraint.LabelSelector, pod.Metadata.Labels) ? 1 : 0;
            if (constraint.MinDomains is > 1 && matching + self > constraint.MaxSkew)
            {
                return [new Refusal("node(s) didn't match pod topology spread constraints", EndsWithFewerPods: true)];
            }
        }

        return [];
    }
}
