using Nacelle.Linux.Cgroups;

namespace Nacelle.Runtime;

/// <summary>The layout of control groups that crun refuses: v1, with controllers left on a cgroup2 hierarchy beside it.</summary>
internal static class HybridCgroups
{
    /// <summary>Which controllers are in the way and how to move them; null where there are none.</summary>
    public static string? Describe(string ociRuntime, CgroupTree cgroups)
    {
        if (ociRuntime != "crun" || cgroups.Version != CgroupVersion.V1 || cgroups.ReadUnifiedControllers() is not { Length: > 0 } controllers)
        {
            return null;
        }

        var commands = controllers.Select(name => $"mkdir -p /sys/fs/cgroup/{name} && mount -t cgroup -o {name} cgroup /sys/fs/cgroup/{name}");
        return $"{string.Join(' ', controllers)} on cgroup2 at {cgroups.Unified}; run: {string.Join("; ", commands)}";
    }
}
