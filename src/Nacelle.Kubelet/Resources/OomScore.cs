using k8s.Models;

namespace Nacelle.Kubelet.Resources;

/// <summary>
/// Whom the kernel kills first when memory runs out (Kubernetes documentation, "Node-pressure eviction: node out of memory behavior").
/// </summary>
internal static class OomScore
{
    private const int Guaranteed = -997;
    private const int BestEffort = 1000;
    private const int SystemCriticalPriority = 2_000_000_000;

    /// <summary>The container's <c>oom_score_adj</c>, -997 to 1000.</summary>
    /// <param name="memoryCapacity">The machine's memory in bytes.</param>
    public static int Of(V1Pod pod, V1Container container, long memoryCapacity)
    {
        if (pod.Spec.Priority >= SystemCriticalPriority)
        {
            return Guaranteed;
        }

        switch (PodQos.Of(pod))
        {
            case QosClass.Guaranteed:
                return Guaranteed;
            case QosClass.BestEffort:
                return BestEffort;
            default:
                var own = Burstable(container, memoryCapacity);
                // A sidecar must outlive the containers it serves.
                return IsSidecar(pod, container) ? Math.Min(own, pod.Spec.Containers.Min(c => Burstable(c, memoryCapacity))) : own;
        }
    }

    // The more of the machine it asked for, the later it goes; never as safe as Guaranteed, never as exposed as BestEffort.
    private static int Burstable(V1Container container, long memoryCapacity)
    {
        var request = ResourceLists.Get(container.Resources?.Requests, ResourceLists.Memory).Value;
        var share = 1000 - (int)(1000 * (Int128)request / memoryCapacity);
        return share < 1000 + Guaranteed ? 1000 + Guaranteed : Math.Min(share, BestEffort - 1);
    }

    private static bool IsSidecar(V1Pod pod, V1Container container) =>
        container.RestartPolicy == "Always" && pod.Spec.InitContainers?.Any(c => c.Name == container.Name) == true;
}
