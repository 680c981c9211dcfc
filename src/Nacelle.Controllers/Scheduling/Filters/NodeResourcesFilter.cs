using k8s.Models;

namespace Nacelle.Controllers.Scheduling.Filters;

/// <summary>What the Pod requests must fit into the node's allocatable beside what its Pods request, and the number of Pods into <c>pods</c>.</summary>
public static class NodeResourcesFilter
{
    /// <summary>The order in which kube-scheduler names what lacks; other resources follow by name.</summary>
    private static readonly string[] Order = ["cpu", "memory", "ephemeral-storage"];

    public static IReadOnlyList<Refusal> Check(V1Pod pod, NodeInfo node)
    {
        var refusals = new List<Refusal>();
        var allocatable = node.Node.Status?.Allocatable;
        if (node.Pods.Count + 1 > ResourceAmounts.Get(allocatable, "pods"))
        {
            refusals.Add(new Refusal("Too many pods", EndsWithFewerPods: true));
        }

        var requested = PodRequests.Of(pod);
        if (requested.Count == 0)
        {
            return refusals;
        }

        var taken = node.Pods.Select(PodRequests.Of).ToList();
        foreach (var (resource, amount) in requested.OrderBy(Rank).ThenBy(request => request.Key, StringComparer.Ordinal))
        {
            var limit = ResourceAmounts.Get(allocatable, resource);
            if (amount > 0 && amount > limit - taken.Sum(other => other.GetValueOrDefault(resource)))
            {
                refusals.Add(new Refusal($"Insufficient {resource}", EndsWithFewerPods: amount <= limit));
            }
        }

        return refusals;
    }

    private static int Rank(KeyValuePair<string, decimal> request)
        => Array.IndexOf(Order, request.Key) is >= 0 and var rank ? rank : Order.Length;
}
