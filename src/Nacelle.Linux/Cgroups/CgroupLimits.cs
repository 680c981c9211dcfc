using System.Collections.Immutable;

namespace Nacelle.Linux.Cgroups;

/// <summary>Limits in the words of CRI's LinuxContainerResources (which are cgroup v1's); null or 0 leaves a limit as it is.</summary>
public sealed record CgroupLimits
{
    /// <summary>Relative weight, 2 to 262144; v2 gets the corresponding <c>cpu.weight</c>.</summary>
    public long? CpuShares { get; init; }

    /// <summary>Microseconds of CPU time in each period; -1 is without limit.</summary>
    public long? CpuQuota { get; init; }

    /// <summary>Microseconds, 1000 to 1000000.</summary>
    public long? CpuPeriod { get; init; }

    /// <summary>Bytes; -1 is without limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Bytes of memory and swap together, as in v1; -1 is without limit.</summary>
    public long? MemorySwapLimit { get; init; }

    /// <summary>Processes and threads; -1 is without limit.</summary>
    public long? PidsLimit { get; init; }

    /// <summary>CPUs, as in <c>0-3,7</c>.</summary>
    public string? CpusetCpus { get; init; }

    /// <summary>Memory nodes, as in <c>0</c>.</summary>
    public string? CpusetMems { get; init; }

    /// <summary>v2 files and their values, written as they stand; refused under v1.</summary>
    public ImmutableDictionary<string, string> Unified { get; init; } = ImmutableDictionary<string, string>.Empty;
}
