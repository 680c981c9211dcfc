using k8s.Models;

namespace Nacelle.Controllers.Nodes;

/// <summary>
/// The NoSchedule taints that a node's conditions and its <c>unschedulable</c> field call for ("Taint Nodes by Condition" in the Kubernetes documentation).
/// The API server sets the first one, not-ready, when a node is created; a controller keeps them true from then on.
/// </summary>
public static class NodeTaints
{
    private const string NotReady = "node.kubernetes.io/not-ready";
    private const string Unreachable = "node.kubernetes.io/unreachable";
    private const string Unschedulable = "node.kubernetes.io/unschedulable";

    private static readonly Dictionary<string, string> Pressures = new()
    {
        ["MemoryPressure"] = "node.kubernetes.io/memory-pressure",
        ["DiskPressure"] = "node.kubernetes.io/disk-pressure",
        ["PIDPressure"] = "node.kubernetes.io/pid-pressure",
        ["NetworkUnavailable"] = "node.kubernetes.io/network-unavailable",
    };

    private static readonly HashSet<string> Owned = [NotReady, Unreachable, Unschedulable, .. Pressures.Values];

    /// <summary>The taints that hold for a node by its conditions, whether or not they stand in its spec already.</summary>
    public static IReadOnlyList<V1Taint> Effective(V1Node node) => Missing(node) ?? [.. node.Spec?.Taints ?? []];

    /// <summary>The taints that the node should have: others' as they are, ours as its conditions say; null when it has just these.</summary>
    public static IReadOnlyList<V1Taint>? Missing(V1Node node)
    {
        var present = node.Spec?.Taints ?? [];
        var wanted = Wanted(node).ToHashSet();
        var kept = present.Where(taint => !IsOwned(taint) || wanted.Contains(taint.Key)).ToList();
        var added = wanted.Where(key => !kept.Any(taint => IsOwned(taint) && taint.Key == key)).Order(StringComparer.Ordinal).ToList();
        return kept.Count == present.Count && added.Count == 0
            ? null
            : [.. kept, .. added.Select(key => new V1Taint { Key = key, Effect = "NoSchedule" })];
    }

    private static bool IsOwned(V1Taint taint) => taint.Effect == "NoSchedule" && Owned.Contains(taint.Key);

    private static IEnumerable<string> Wanted(V1Node node)
    {
        if (node.Spec?.Unschedulable == true)
        {
            yield return Unschedulable;
        }

        foreach (var condition in node.Status?.Conditions ?? [])
        {
            if (condition.Type == "Ready" && condition.Status != "True")
            {
                yield return condition.Status == "False" ? NotReady : Unreachable;
            }
            else if (condition.Status == "True" && Pressures.TryGetValue(condition.Type, out var key))
            {
                yield return key;
            }
        }

        // A node that has not said anything yet is not ready.
        if (node.Status?.Conditions?.Any(condition => condition.Type == "Ready") != true)
        {
            yield return NotReady;
        }
    }
}
