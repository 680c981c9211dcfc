using k8s.Models;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.Kubelet.Resources;

/// <summary>
/// What a Pod needs as a whole (Kubernetes documentation, "Sidecar containers: resource sharing within containers", and KEP-753): the larger of what its
/// containers and sidecars need together and what any moment of its initialisation needs, plus overhead. Amounts set for the Pod itself
/// (<c>spec.resources</c>) win for the resources they name.
/// </summary>
internal static class PodResources
{
    public static Dictionary<string, Quantity> Requests(V1Pod pod) => Sum(pod, r => r?.Requests, overheadAlways: true);

    public static Dictionary<string, Quantity> Limits(V1Pod pod) => Sum(pod, r => r?.Limits, overheadAlways: false);

    /// <summary>Whether every container, init containers too, names a limit of the resource, or the Pod as a whole does.</summary>
    public static bool EveryContainerLimits(V1Pod pod, string resource) =>
        !ResourceLists.Get(pod.Spec.Resources?.Limits, resource).IsZero
        || pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).All(c => !ResourceLists.Get(c.Resources?.Limits, resource).IsZero);

    private static Dictionary<string, Quantity> Sum(
        V1Pod pod, Func<V1ResourceRequirements?, IDictionary<string, ResourceQuantity>?> pick, bool overheadAlways)
    {
        Dictionary<string, Quantity> total = [];
        foreach (var container in pod.Spec.Containers)
        {
            Add(total, ResourceLists.Read(pick(container.Resources)));
        }

        Dictionary<string, Quantity> sidecars = [];
        Dictionary<string, Quantity> initialisation = [];
        foreach (var container in pod.Spec.InitContainers ?? [])
        {
            var own = ResourceLists.Read(pick(container.Resources));
            if (container.RestartPolicy == "Always")
            {
                Add(total, own);
                Add(sidecars, own);
                own = new(sidecars, StringComparer.Ordinal);
            }
            else
            {
                Add(own, sidecars);
            }

            RaiseTo(initialisation, own);
        }

        RaiseTo(total, initialisation);
        foreach (var (resource, amount) in ResourceLists.Read(pick(pod.Spec.Resources)))
        {
            total[resource] = amount;
        }

        AddOverhead(total, pod.Spec.Overhead, overheadAlways);
        return total;
    }

    private static void Add(Dictionary<string, Quantity> total, Dictionary<string, Quantity> other)
    {
        foreach (var (resource, amount) in other)
        {
            total[resource] = total.TryGetValue(resource, out var old) ? old.Add(amount) : amount;
        }
    }

    private static void RaiseTo(Dictionary<string, Quantity> total, Dictionary<string, Quantity> least)
    {
        foreach (var (resource, amount) in least)
        {
            if (!total.TryGetValue(resource, out var old) || old < amount)
            {
                total[resource] = amount;
            }
        }
    }

    // Overhead is part of requests; of limits only where there is a limit to be part of.
    private static void AddOverhead(Dictionary<string, Quantity> total, IDictionary<string, ResourceQuantity>? overhead, bool always)
    {
        foreach (var (resource, amount) in ResourceLists.Read(overhead))
        {
            var old = total.GetValueOrDefault(resource, Quantity.Zero);
            if (always || !old.IsZero)
            {
                total[resource] = old.Add(amount);
            }
        }
    }
}
