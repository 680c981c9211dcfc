using System.Globalization;

namespace Nacelle.Linux.Cgroups;

/// <summary>Writes limits to the files of v1 or v2.</summary>
internal static class CgroupLimitFiles
{
    private const long DefaultPeriod = 100_000;

    internal static void Apply(CgroupTree tree, string path, CgroupLimits limits)
    {
        if (tree.Version == CgroupVersion.V2)
        {
            ApplyV2(CgroupTree.Join(tree.Unified!, path), limits);
        }
        else
        {
            ApplyV1(tree, path, limits);
        }
    }

    /// <summary>The kernel's range of shares, 2 to 262144, mapped onto weights 1 to 10000 (the OCI runtime specification's formula).</summary>
    internal static long WeightOfShares(long shares) => 1 + ((Math.Clamp(shares, 2, 262_144) - 2) * 9_999 / 262_142);

    private static void ApplyV1(CgroupTree tree, string path, CgroupLimits limits)
    {
        if (!limits.Unified.IsEmpty)
        {
            throw new IOException("Limits for the unified hierarchy are given, but this machine has cgroup v1.");
        }

        Set(tree, path, "cpu", "cpu.shares", limits.CpuShares);

        // A period longer than the old quota allows, or the other way round, is refused in one order and taken in the other.
        if (limits.CpuPeriod is > 0 && tree.DirectoryOf("cpu", path) is { } cpu && !CgroupFiles.TryWrite(cpu + "/cpu.cfs_period_us", Text(limits.CpuPeriod.Value)))
        {
            Set(tree, path, "cpu", "cpu.cfs_quota_us", limits.CpuQuota);
            Set(tree, path, "cpu", "cpu.cfs_period_us", limits.CpuPeriod);
        }

        Set(tree, path, "cpu", "cpu.cfs_quota_us", limits.CpuQuota);
        ApplyV1Memory(tree, path, limits);
        Set(tree, path, "pids", "pids.max", limits.PidsLimit);
        Set(tree, path, "cpuset", "cpuset.cpus", limits.CpusetCpus);
        Set(tree, path, "cpuset", "cpuset.mems", limits.CpusetMems);
    }

    /// <summary>The limit of memory and swap must never be below that of memory alone, so the order depends on the direction.</summary>
    private static void ApplyV1Memory(CgroupTree tree, string path, CgroupLimits limits)
    {
        const string Limit = "memory.limit_in_bytes";
        const string SwapLimit = "memory.memsw.limit_in_bytes";
        var hasSwap = tree.DirectoryOf("memory", path) is { } directory && File.Exists($"{directory}/{SwapLimit}");
        if (!hasSwap)
        {
            Set(tree, path, "memory", Limit, limits.MemoryLimit);
            return;
        }

        try
        {
            Set(tree, path, "memory", Limit, limits.MemoryLimit);
            Set(tree, path, "memory", SwapLimit, limits.MemorySwapLimit);
        }
        catch (LinuxException failure) when (failure.Errno == Errno.EINVAL && limits.MemorySwapLimit is not (null or 0))
        {
            Set(tree, path, "memory", SwapLimit, limits.MemorySwapLimit);
            Set(tree, path, "memory", Limit, limits.MemoryLimit);
        }
    }

    private static void ApplyV2(string directory, CgroupLimits limits)
    {
        if (limits.CpuShares is > 0)
        {
            CgroupFiles.Write(directory + "/cpu.weight", Text(WeightOfShares(limits.CpuShares.Value)));
        }

        if (limits.CpuQuota is not (null or 0) || limits.CpuPeriod is > 0)
        {
            var quota = limits.CpuQuota is > 0 ? Text(limits.CpuQuota.Value) : "max";
            CgroupFiles.Write(directory + "/cpu.max", $"{quota} {Text(limits.CpuPeriod is > 0 ? limits.CpuPeriod.Value : DefaultPeriod)}");
        }

        SetV2(directory + "/memory.max", limits.MemoryLimit);
        if (limits.MemorySwapLimit is < 0)
        {
            SetV2(directory + "/memory.swap.max", -1);
        }
        else if (limits.MemorySwapLimit is > 0 && limits.MemoryLimit is > 0 && File.Exists(directory + "/memory.swap.max"))
        {
            // v1's limit is of both together, v2's of swap alone.
            CgroupFiles.Write(directory + "/memory.swap.max", Text(Math.Max(0, limits.MemorySwapLimit.Value - limits.MemoryLimit.Value)));
        }

        SetV2(directory + "/pids.max", limits.PidsLimit);
        foreach (var (file, value) in ((string, string?)[])[("cpuset.cpus", limits.CpusetCpus), ("cpuset.mems", limits.CpusetMems)])
        {
            if (!string.IsNullOrEmpty(value))
            {
                CgroupFiles.Write($"{directory}/{file}", value);
            }
        }

        foreach (var (file, value) in limits.Unified)
        {
            if (file.Contains('/', StringComparison.Ordinal))
            {
                throw new IOException($"{file} is not the name of a control group's file.");
            }

            CgroupFiles.Write($"{directory}/{file}", value);
        }
    }

    private static void SetV2(string file, long? value)
    {
        if (value is not (null or 0))
        {
            CgroupFiles.Write(file, value < 0 ? "max" : Text(value.Value));
        }
    }

    private static void Set(CgroupTree tree, string path, string controller, string file, long? value)
    {
        if (value is not (null or 0))
        {
            Set(tree, path, controller, file, value < 0 && controller == "pids" ? "max" : Text(value.Value));
        }
    }

    private static void Set(CgroupTree tree, string path, string controller, string file, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        var directory = tree.DirectoryOf(controller, path)
            ?? throw new IOException($"The cgroup controller {controller} is not mounted, so {file} can't be set.");
        CgroupFiles.Write($"{directory}/{file}", value);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
