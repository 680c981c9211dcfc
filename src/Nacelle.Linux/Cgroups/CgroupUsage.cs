namespace Nacelle.Linux.Cgroups;

/// <summary>What a group has used, and uses now. Null where the controller is missing.</summary>
/// <param name="CpuNanoseconds">CPU time since the group was made.</param>
/// <param name="MemoryBytes">Memory in use, page cache included.</param>
/// <param name="WorkingSetBytes">Memory in use less the inactive page cache: what Kubernetes calls the working set.</param>
/// <param name="RssBytes">Anonymous memory.</param>
/// <param name="MemoryLimitBytes">The limit, or null without one.</param>
/// <param name="PageFaults">Page faults since the group was made.</param>
/// <param name="MajorPageFaults">Those that read from a disk.</param>
/// <param name="SwapBytes">Swap in use.</param>
/// <param name="Processes">Processes and threads now.</param>
public sealed record CgroupUsage(
    ulong? CpuNanoseconds,
    ulong? MemoryBytes,
    ulong? WorkingSetBytes,
    ulong? RssBytes,
    ulong? MemoryLimitBytes,
    ulong? PageFaults,
    ulong? MajorPageFaults,
    ulong? SwapBytes,
    ulong? Processes)
{
    /// <summary><see cref="CpuNanoseconds"/> alone, of a group and those below it, from one file; v2 counts microseconds.</summary>
    /// <param name="path">From the hierarchy's root.</param>
    public static ulong? TryReadProcessorTime(CgroupTree tree, string path) => CgroupUsageFiles.TryReadProcessorTime(tree, path);
}
