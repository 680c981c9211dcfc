using k8s.Models;
using Nacelle.Kubelet.Resources;

namespace Nacelle.Kubelet.Volumes;

/// <summary>How large a volume in memory may grow.</summary>
internal static class EmptyDirSize
{
    /// <summary>
    /// The smaller of <c>sizeLimit</c> and the Pod's memory limit, in bytes: what is written there counts against that limit anyway.
    /// Null where neither is given.
    /// </summary>
    public static long? InMemory(V1Pod pod, V1EmptyDirVolumeSource volume)
    {
        var own = volume.SizeLimit is { } limit ? ResourceLists.ToQuantity(limit).Value : 0;
        var pods = PodResources.EveryContainerLimits(pod, ResourceLists.Memory) && PodResources.Limits(pod).TryGetValue(ResourceLists.Memory, out var sum)
            ? sum.Value
            : 0;
        return (own, pods) switch
        {
            (0, 0) => null,
            (0, _) => pods,
            (_, 0) => own,
            _ => Math.Min(own, pods),
        };
    }
}
