using Nacelle.Linux.Cgroups;
using Runtime.V1;

namespace Nacelle.Runtime.Containers;

/// <summary>What containers use, from their cgroups.</summary>
internal static class ContainerUsage
{
    public static ContainerStats Read(RuntimeParts parts, Container container)
    {
        var now = parts.Time.Nanoseconds();
        var stats = new ContainerStats
        {
            Attributes = new ContainerAttributes { Id = container.Id, Metadata = container.Config.Metadata },
        };
        stats.Attributes.Labels.Add(container.Config.Labels);
        stats.Attributes.Annotations.Add(container.Config.Annotations);
        if (parts.Cgroups.Open(container.Record.CgroupPath).ReadUsage() is { } usage)
        {
            stats.Cpu = Cpu(usage, now);
            stats.Memory = Memory(usage, now);
            stats.Swap = new SwapUsage { Timestamp = now, SwapUsageBytes = Value(usage.SwapBytes) };
        }

        stats.WritableLayer = WritableLayer(parts.Directories.Container(container.Id), now);
        return stats;
    }

    public static CpuUsage Cpu(CgroupUsage usage, long now) => new() { Timestamp = now, UsageCoreNanoSeconds = Value(usage.CpuNanoseconds) };

    public static MemoryUsage Memory(CgroupUsage usage, long now) => new()
    {
        Timestamp = now,
        UsageBytes = Value(usage.MemoryBytes),
        WorkingSetBytes = Value(usage.WorkingSetBytes),
        RssBytes = Value(usage.RssBytes),
        PageFaults = Value(usage.PageFaults),
        MajorPageFaults = Value(usage.MajorPageFaults),
        AvailableBytes = usage is { MemoryLimitBytes: { } limit, WorkingSetBytes: { } used } ? new UInt64Value { Value = limit - Math.Min(limit, used) } : null,
    };

    public static UInt64Value? Value(ulong? number) => number is { } value ? new UInt64Value { Value = value } : null;

    /// <summary>Counts the files above the image's layers; what vanishes meanwhile is not counted.</summary>
    private static FilesystemUsage WritableLayer(string directory, long now)
    {
        ulong bytes = 0;
        ulong inodes = 0;
        var upper = new DirectoryInfo($"{directory}/upper");
        if (upper.Exists)
        {
            // Links are skipped, or the walk would follow them out of the layer.
            var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
            foreach (var entry in upper.EnumerateFileSystemInfos("*", options))
            {
                inodes++;
                bytes += entry is FileInfo file ? (ulong)file.Length : 0;
            }
        }

        return new FilesystemUsage
        {
            Timestamp = now,
            FsId = new FilesystemIdentifier { Mountpoint = directory },
            UsedBytes = new UInt64Value { Value = bytes },
            InodesUsed = new UInt64Value { Value = inodes },
        };
    }
}
