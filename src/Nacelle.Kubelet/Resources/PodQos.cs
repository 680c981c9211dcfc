using k8s.Models;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.Kubelet.Resources;

/// <summary>Tells a Pod's class from its spec. It never changes while the Pod lives, so it may be worked out again at any time.</summary>
internal static class PodQos
{
    private static readonly string[] Compared = [ResourceLists.Cpu, ResourceLists.Memory];

    public static QosClass Of(V1Pod pod)
    {
        List<V1ResourceRequirements?> all = pod.Spec.Resources is { } whole && (IsSet(whole.Requests) || IsSet(whole.Limits))
            ? [whole]
            : [.. pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []).Select(c => c.Resources)];
        if (!all.Exists(r => IsSet(r?.Requests) || IsSet(r?.Limits)))
        {
            return QosClass.BestEffort;
        }

        var everyoneLimits = all.TrueForAll(r => Compared.All(name => Positive(r?.Limits, name)));
        return everyoneLimits && Compared.All(name => RequestsEqualLimits(all, name)) ? QosClass.Guaranteed : QosClass.Burstable;
    }

    // The API fills in a missing request from the limit; a manifest that did not pass through it may lack them.
    private static bool RequestsEqualLimits(List<V1ResourceRequirements?> all, string name) =>
        Sum(all, name, r => r?.Requests) == Sum(all, name, r => r?.Limits);

    private static Quantity Sum(
        List<V1ResourceRequirements?> all, string name, Func<V1ResourceRequirements?, IDictionary<string, ResourceQuantity>?> pick) =>
        all.Aggregate(Quantity.Zero, (sum, r) => sum.Add(ResourceLists.Get(pick(r), name)));

    private static bool IsSet(IDictionary<string, ResourceQuantity>? list) => Compared.Any(name => Positive(list, name));

    private static bool Positive(IDictionary<string, ResourceQuantity>? list, string name) => ResourceLists.Get(list, name).Sign > 0;
}
