using System.Globalization;
using k8s.Models;

namespace Nacelle.Controllers.Scheduling.Filters;

/// <summary><c>spec.nodeSelector</c> and the required terms of <c>spec.affinity.nodeAffinity</c>; preferences only rank, and rank nothing on one node.</summary>
public static class NodeAffinityFilter
{
    public static IReadOnlyList<Refusal> Check(V1Pod pod, NodeInfo node)
        => MatchesSelector(pod, node.Node) && MatchesAffinity(pod, node.Node)
            ? []
            : [new Refusal("node(s) didn't match Pod's node affinity/selector", EndsWithFewerPods: false)];

    private static bool MatchesSelector(V1Pod pod, V1Node node)
        => (pod.Spec.NodeSelector ?? new Dictionary<string, string>())
            .All(pair => Label(node, pair.Key) == pair.Value);

    private static bool MatchesAffinity(V1Pod pod, V1Node node)
    {
        var required = pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        return required is null || required.NodeSelectorTerms?.Any(term => MatchesTerm(term, node)) == true;
    }

    /// <summary>Terms are alternatives, the requirements in one term hold together, and an empty term matches no node.</summary>
    private static bool MatchesTerm(V1NodeSelectorTerm term, V1Node node)
    {
        var expressions = term.MatchExpressions ?? [];
        var fields = term.MatchFields ?? [];
        return expressions.Count + fields.Count > 0
            && expressions.All(requirement => Matches(requirement, Label(node, requirement.Key)))
            && fields.All(requirement => requirement.Key == "metadata.name" && Matches(requirement, node.Metadata.Name));
    }

    private static bool Matches(V1NodeSelectorRequirement requirement, string? value) => requirement.OperatorProperty switch
    {
        "In" => value is not null && requirement.Values?.Contains(value) == true,
        "NotIn" => value is null || requirement.Values?.Contains(value) != true,
        "Exists" => value is not null,
        "DoesNotExist" => value is null,
        "Gt" => Compare(requirement, value) is > 0,
        "Lt" => Compare(requirement, value) is < 0,
        _ => false,
    };

    private static int? Compare(V1NodeSelectorRequirement requirement, string? value)
        => requirement.Values is [var bound]
            && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var actual)
            && long.TryParse(bound, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit)
            ? actual.CompareTo(limit)
            : null;

    private static string? Label(V1Node node, string key)
        => node.Metadata.Labels is { } labels && labels.TryGetValue(key, out var value) ? value : null;
}
