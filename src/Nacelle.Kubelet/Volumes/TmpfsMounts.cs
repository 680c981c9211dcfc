using Nacelle.Linux.Mounts;

namespace Nacelle.Kubelet.Volumes;

/// <summary>Volumes in memory.</summary>
internal static class TmpfsMounts
{
    private const int EveryoneSticky = 0x3FF; // 1777, tmpfs's own default

    /// <summary>Mounts a tmpfs on the directory unless there is one; the directory is made.</summary>
    /// <param name="sizeBytes">Its limit; null for the kernel's default, half of the memory.</param>
    /// <returns>True where it was mounted now.</returns>
    public static bool Ensure(string directory, long? sizeBytes)
    {
        Directory.CreateDirectory(directory);
        if (MountEntry.IsMountPoint(directory))
        {
            return false;
        }

        FileSystemMount.Tmpfs(directory, sizeBytes, EveryoneSticky);
        return true;
    }

    /// <summary>Unmounts all that is mounted beneath a directory, the last mounted first.</summary>
    public static void UnmountBeneath(string directory)
    {
        foreach (var mount in Beneath(directory))
        {
            FileSystemMount.Unmount(mount, UnmountFlags.NoFollow | UnmountFlags.Detach);
        }

        // Deleting comes next, and must not reach into somebody's file system.
        if (Beneath(directory).FirstOrDefault() is { } left)
        {
            throw new IOException($"{left} is still mounted");
        }
    }

    private static IEnumerable<string> Beneath(string directory) => MountEntry.ReadAll()
        .Select(entry => entry.MountPoint)
        .Where(mount => mount.StartsWith(directory + "/", StringComparison.Ordinal))
        .Reverse();
}
