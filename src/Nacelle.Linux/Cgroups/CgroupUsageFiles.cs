namespace Nacelle.Linux.Cgroups;

/// <summary>Reads what a group uses, from the files of v1 or v2.</summary>
internal static class CgroupUsageFiles
{
    // v1 writes "no limit" as the largest number of whole pages.
    private const ulong NoLimitV1 = 0x7FFF_FFFF_FFFF_0000;

    internal static CgroupUsage Read(CgroupTree tree, string path) =>
        tree.Version == CgroupVersion.V2 ? ReadV2(tree, path) : ReadV1(tree, path);

    internal static long ReadOomKills(CgroupTree tree, string path)
    {
        var kills = tree.Version == CgroupVersion.V2
            ? CgroupFiles.TryReadNumber(CgroupTree.Join(tree.Unified!, path) + "/memory.events", "oom_kill")
            : tree.DirectoryOf("memory", path) is { } memory ? CgroupFiles.TryReadNumber(memory + "/memory.oom_control", "oom_kill") : null;
        return (long)(kills ?? 0);
    }

    internal static ulong? TryReadProcessorTime(CgroupTree tree, string path) => tree.Version == CgroupVersion.V2
        ? CgroupFiles.TryReadNumber(CgroupTree.Join(tree.Unified!, path) + "/cpu.stat", "usage_usec") * 1000
        : tree.DirectoryOf("cpuacct", path) is { } directory ? CgroupFiles.TryReadNumber(directory + "/cpuacct.usage") : null;

    private static CgroupUsage ReadV2(CgroupTree tree, string path)
    {
        var directory = CgroupTree.Join(tree.Unified!, path);
        var stat = directory + "/memory.stat";
        var memory = CgroupFiles.TryReadNumber(directory + "/memory.current");
        return new CgroupUsage(
            TryReadProcessorTime(tree, path),
            memory,
            Less(memory, CgroupFiles.TryReadNumber(stat, "inactive_file")),
            CgroupFiles.TryReadNumber(stat, "anon"),
            CgroupFiles.TryReadNumber(directory + "/memory.max"),
            CgroupFiles.TryReadNumber(stat, "pgfault"),
            CgroupFiles.TryReadNumber(stat, "pgmajfault"),
            CgroupFiles.TryReadNumber(directory + "/memory.swap.current"),
            CgroupFiles.TryReadNumber(directory + "/pids.current"));
    }

    private static CgroupUsage ReadV1(CgroupTree tree, string path)
    {
        var directory = tree.DirectoryOf("memory", path);
        var stat = directory + "/memory.stat";
        var memory = directory is null ? null : CgroupFiles.TryReadNumber(directory + "/memory.usage_in_bytes");
        var limit = directory is null ? null : CgroupFiles.TryReadNumber(directory + "/memory.limit_in_bytes");
        return new CgroupUsage(
            TryReadProcessorTime(tree, path),
            memory,
            Less(memory, CgroupFiles.TryReadNumber(stat, "total_inactive_file")),
            CgroupFiles.TryReadNumber(stat, "total_rss"),
            limit >= NoLimitV1 ? null : limit,
            CgroupFiles.TryReadNumber(stat, "total_pgfault"),
            CgroupFiles.TryReadNumber(stat, "total_pgmajfault"),
            CgroupFiles.TryReadNumber(stat, "total_swap"),
            CgroupFiles.TryReadNumber(tree.DirectoryOf("pids", path) + "/pids.current"));
    }

    private static ulong? Less(ulong? whole, ulong? part) => whole is { } total ? total - Math.Min(total, part ?? 0) : null;
}
