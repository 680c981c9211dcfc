namespace Nacelle.Linux.Cgroups;

/// <summary>What the <c>pids</c> controller counts of a group and those below it (the kernel's cgroup-v2 and pids documents).</summary>
/// <param name="Current">Processes and threads now, those included that have ended and are not reaped.</param>
/// <param name="Max">The limit; null for none.</param>
/// <param name="MaxHits">How often a fork failed at the limit, since the group was made.</param>
public readonly record struct CgroupPids(long Current, long? Max, long MaxHits)
{
    /// <summary><see cref="Current"/> alone, from one file; null where the controller is not there, or the group is gone.</summary>
    /// <param name="path">From the hierarchy's root.</param>
    public static long? TryReadCurrent(CgroupTree tree, string path) =>
        tree.DirectoryOf("pids", path) is { } directory ? (long?)CgroupFiles.TryReadNumber(directory + "/pids.current") : null;

    /// <summary>Null where the controller is not there, or the group is gone.</summary>
    /// <param name="path">From the hierarchy's root.</param>
    public static CgroupPids? TryRead(CgroupTree tree, string path)
    {
        if (TryReadCurrent(tree, path) is not { } current)
        {
            return null;
        }

        var directory = tree.DirectoryOf("pids", path);
        return new CgroupPids(
            current,
            (long?)CgroupFiles.TryReadNumber(directory + "/pids.max"),
            (long)(CgroupFiles.TryReadNumber(directory + "/pids.events", "max") ?? 0));
    }
}
