using Nacelle.Linux.Cgroups;

namespace Nacelle.Runtime;

/// <summary>The layout of control groups that crun refuses: v1, with controllers left on a cgroup2 hierarchy beside it.</summary>
public static class HybridCgroups
{
    /// <summary>Which controllers are in the way and how to move them; null where there are none.</summary>
    public static string? Describe(string ociRuntime, CgroupTree cgroups)
    {
        if (ociRuntime != "crun" || cgroups.Version != CgroupVersion.V1 || cgroups.ReadUnifiedControllers() is not { Length: > 0 } controllers)
        {
            return null;
        }

        return $"{string.Join(' ', controllers)} on cgroup2 at {cgroups.Unified}; run: {MountAsV1(controllers)}";
    }

    /// <summary>The shell commands that take the controllers out of cgroup2.</summary>
    public static string MountAsV1(IEnumerable<string> controllers) => string.Join(
        "; ", controllers.Select(name => $"mkdir -p /sys/fs/cgroup/{name} && mount -t cgroup -o {name} cgroup /sys/fs/cgroup/{name}"));
}
