using k8s.Models;
using Nacelle.Kubelet.Resources;
using Nacelle.Linux.Cgroups;

namespace Nacelle.Kubelet.Cgroups;

/// <summary>What a Pod's own cgroup is limited to, around those of its containers.</summary>
internal static class PodCgroupLimits
{
    public static CgroupLimits Of(V1Pod pod)
    {
        var requests = PodResources.Requests(pod);
        var limits = PodResources.Limits(pod);
        var shares = CpuLimits.Shares(requests.TryGetValue(ResourceLists.Cpu, out var cpu) ? cpu.MilliValue : 0);
        var qos = PodQos.Of(pod);
        if (qos == QosClass.BestEffort)
        {
            return new CgroupLimits { CpuShares = CpuLimits.Shares(0) };
        }

        // A limit for the whole Pod makes sense only where every container has one.
        var limitsCpu = qos == QosClass.Guaranteed || PodResources.EveryContainerLimits(pod, ResourceLists.Cpu);
        var limitsMemory = qos == QosClass.Guaranteed || PodResources.EveryContainerLimits(pod, ResourceLists.Memory);
        return new CgroupLimits
        {
            CpuShares = shares,
            CpuQuota = limitsCpu && limits.TryGetValue(ResourceLists.Cpu, out var quota) ? CpuLimits.Quota(quota.MilliValue) : null,
            CpuPeriod = limitsCpu ? CpuLimits.Period : null,
            MemoryLimit = limitsMemory && limits.TryGetValue(ResourceLists.Memory, out var memory) ? memory.Value : null,
        };
    }
}
