using System.Collections.Immutable;
using Nacelle.Linux.Cgroups;
using Nacelle.Runtime.Oci.Spec;
using Runtime.V1;

namespace Nacelle.Runtime.Oci;

/// <summary>CRI's resources as OCI's and as the cgroup files'.</summary>
internal static class OciResourceLimits
{
    public static OciResources From(LinuxContainerResources? resources, CgroupVersion version, ImmutableArray<OciDeviceRule> devices)
    {
        if (resources is null)
        {
            return new OciResources { Devices = devices };
        }

        if (resources.Unified.Count > 0 && version == CgroupVersion.V1)
        {
            throw RuntimeException.Invalid("resources.unified needs cgroup v2, and this machine has v1");
        }

        return new OciResources
        {
            Devices = devices,
            Memory = new OciMemory { Limit = NotZero(resources.MemoryLimitInBytes), Swap = NotZero(resources.MemorySwapLimitInBytes) },
            Cpu = new OciCpu
            {
                Shares = (ulong?)NotZero(resources.CpuShares),
                Quota = NotZero(resources.CpuQuota),
                Period = (ulong?)NotZero(resources.CpuPeriod),
                Cpus = NotEmpty(resources.CpusetCpus),
                Mems = NotEmpty(resources.CpusetMems),
            },

            // A limit of 0 is what kubelets send for every page size that a Pod does not name.
            HugepageLimits = resources.HugepageLimits.Any(limit => limit.Limit > 0)
                ? [.. resources.HugepageLimits.Select(limit => new OciHugepageLimit { PageSize = limit.PageSize, Limit = limit.Limit })]
                : null,
            Unified = resources.Unified.Count > 0 ? resources.Unified.ToImmutableSortedDictionary() : null,
        };
    }

    public static CgroupLimits ToCgroup(LinuxContainerResources resources) => new()
    {
        CpuShares = NotZero(resources.CpuShares),
        CpuQuota = NotZero(resources.CpuQuota),
        CpuPeriod = NotZero(resources.CpuPeriod),
        MemoryLimit = NotZero(resources.MemoryLimitInBytes),
        MemorySwapLimit = NotZero(resources.MemorySwapLimitInBytes),
        CpusetCpus = NotEmpty(resources.CpusetCpus),
        CpusetMems = NotEmpty(resources.CpusetMems),
        Unified = resources.Unified.ToImmutableDictionary(),
    };

    private static long? NotZero(long value) => value == 0 ? null : value;

    private static string? NotEmpty(string value) => value.Length == 0 ? null : value;
}
