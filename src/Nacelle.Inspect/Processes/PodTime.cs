using Nacelle.Linux.Cgroups;

namespace Nacelle.Inspect.Processes;

/// <summary>How long the processes of a Pod ran: the group around its containers' groups counts for all below it.</summary>
internal static class PodTime
{
    /// <returns>Nanoseconds; null where nothing counts.</returns>
    public static ulong? TryRead(CgroupTree tree, IEnumerable<string> containers) =>
        CgroupUsage.TryReadProcessorTime(tree, containers.Distinct(StringComparer.Ordinal).Aggregate(Around));

    /// <summary>The group around both, or the one of the two that is around the other.</summary>
    internal static string Around(string one, string other)
    {
        var (first, second) = (one.TrimEnd('/') + "/", other.TrimEnd('/') + "/");
        var common = first.AsSpan().CommonPrefixLength(second);
        return first[..(first.LastIndexOf('/', common - 1) + 1)];
    }
}
