using k8s.Models;

namespace Nacelle.Controllers.Scheduling.Filters;

/// <summary>
/// Required terms of <c>podAffinity</c> and <c>podAntiAffinity</c>. With one node, every Pod stands in the same domain of a key the node is
/// labelled with; a <c>namespaceSelector</c> that is not empty would need the namespaces' labels and matches the term's own list only.
/// </summary>
public static class PodAffinityFilter
{
    public static IReadOnlyList<Refusal> Check(V1Pod pod, NodeInfo node)
    {
        var wanted = pod.Spec.Affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];
        foreach (var term in wanted)
        {
            // The first Pod of a group that wants its own kind near must be let in, or none ever is.
            if (!HasKey(node, term) || !(node.Pods.Any(other => Matches(term, pod, other)) || Matches(term, pod, pod)))
            {
                return [new Refusal("node(s) didn't match pod affinity rules", EndsWithFewerPods: false)];
            }
        }

        var refused = pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];
        if (refused.Any(term => HasKey(node, term) && node.Pods.Any(other => Matches(term, pod, other))))
        {
            return [new Refusal("node(s) didn't match pod anti-affinity rules", EndsWithFewerPods: true)];
        }

        return node.Pods.Any(other => (other.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
            .Any(term => HasKey(node, term) && Matches(term, other, pod)))
            ? [new Refusal("node(s) didn't satisfy existing pods anti-affinity rules", EndsWithFewerPods: true)]
            : [];
    }

    private static bool HasKey(NodeInfo node, V1PodAffinityTerm term)
        => node.Node.Metadata.Labels?.ContainsKey(term.TopologyKey) == true;

    private static bool Matches(V1PodAffinityTerm term, V1Pod owner, V1Pod candidate)
        => InNamespaces(term, owner, candidate.Metadata.NamespaceProperty)
            && LabelSelectors.Matches(term.LabelSelector, candidate.Metadata.Labels);

    private static bool InNamespaces(V1PodAffinityTerm term, V1Pod owner, string candidate)
    {
        if (term.NamespaceSelector is { MatchLabels: null or { Count: 0 }, MatchExpressions: null or { Count: 0 } })
        {
            return true;
        }

        return term.Namespaces is { Count: > 0 } names ? names.Contains(candidate)
            : term.NamespaceSelector is null && candidate == owner.Metadata.NamespaceProperty;
    }
}
