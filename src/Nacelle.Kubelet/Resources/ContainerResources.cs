using k8s.Models;
using Nacelle.Kubernetes.Quantities;
using Runtime.V1;

namespace Nacelle.Kubelet.Resources;

/// <summary>A container's <c>resources</c> as CRI's LinuxContainerResources.</summary>
public static class ContainerResources
{
    /// <param name="pod">The container's Pod: its class counts.</param>
    /// <param name="container">Any container of the Pod, init containers and those made of ephemeral ones too.</param>
    /// <param name="memoryCapacity">The machine's memory in bytes.</param>
    public static LinuxContainerResources ToLinux(V1Pod pod, V1Container container, long memoryCapacity)
    {
        var (requests, limits) = (container.Resources?.Requests, container.Resources?.Limits);
        var cpuLimit = ResourceLists.Get(limits, ResourceLists.Cpu).MilliValue;
        var hasRequest = requests?.ContainsKey(ResourceLists.Cpu) == true;
        var resources = new LinuxContainerResources
        {
            CpuShares = CpuLimits.Shares(hasRequest || cpuLimit == 0 ? ResourceLists.Get(requests, ResourceLists.Cpu).MilliValue : cpuLimit),
            CpuQuota = CpuLimits.Quota(cpuLimit),
            CpuPeriod = CpuLimits.Period,
            MemoryLimitInBytes = ResourceLists.Get(limits, ResourceLists.Memory).Value,
            OomScoreAdj = OomScore.Of(pod, container, memoryCapacity),
        };
        foreach (var (resource, amount) in ResourceLists.Read(limits).Where(p => p.Key.StartsWith(ResourceLists.HugePages, StringComparison.Ordinal)))
        {
            resources.HugepageLimits.Add(new HugepageLimit { PageSize = PageSize(resource), Limit = (ulong)amount.Value });
        }

        return resources;
    }

    // The cgroup file says 2MB where the resource says 2Mi.
    private static string PageSize(string resource)
    {
        var bytes = Quantity.Parse(resource[ResourceLists.HugePages.Length..]).Value;
        string[] units = ["B", "KB", "MB", "GB"];
        var unit = 0;
        while (bytes % 1024 == 0 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes + units[unit];
    }
}
