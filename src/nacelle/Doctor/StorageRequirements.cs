using System.Globalization;

using Nacelle.Linux.Mounts;

namespace Nacelle.Doctor;

/// <summary>Whether a directory, or the one that it would be made in, can hold the state: objects, images, writable layers of containers.</summary>
internal static class StorageRequirements
{
    private const long Gibibyte = 1024L * 1024 * 1024;

    /// <summary>The kernel's overlayfs takes no upper directory there (Documentation/filesystems/overlayfs.rst, "Upper and lower").</summary>
    private static readonly string[] NoUpperDirectory = ["overlay", "nfs", "nfs4", "vfat", "exfat", "ntfs3", "fuseblk", "9p", "proc", "sysfs"];

    public static IEnumerable<Finding> Examine(string directory)
    {
        var existing = directory;
        while (!Directory.Exists(existing))
        {
            if (File.Exists(existing))
            {
                yield return new("state", Verdict.Missing, $"{existing} is a file", "choose another --state-dir");
                yield break;
            }

            existing = Path.GetDirectoryName(existing) ?? "/";
        }

        yield return Mount(existing);
        yield return FreeSpace(existing);
    }

    /// <summary>The mount that a path is on: the last of those with the longest mount point.</summary>
    internal static MountEntry? Holding(string path, IEnumerable<MountEntry> mounts) => mounts
        .Where(m => m.MountPoint == "/" || path == m.MountPoint || path.StartsWith(m.MountPoint + "/", StringComparison.Ordinal))
        .Aggregate(default(MountEntry), (best, m) => best is null || m.MountPoint.Length >= best.MountPoint.Length ? m : best);

    private static Finding Mount(string existing)
    {
        if (Holding(existing, MountEntry.ReadAll()) is not { } mount)
        {
            return new("state", Verdict.Note, $"{existing} is on no mount that can be seen");
        }

        if (IsReadOnly(mount.Options) || IsReadOnly(mount.SuperOptions))
        {
            return new("state", Verdict.Missing, $"{existing} is read-only", $"mount -o remount,rw {mount.MountPoint}, or choose another --state-dir");
        }

        return NoUpperDirectory.Contains(mount.Type)
            ? new("state", Verdict.Missing, $"{existing} is on {mount.Type}, which can't hold containers' writable layers", "choose a --state-dir on ext4, xfs or btrfs")
            : new("state", Verdict.Ok, $"{existing} ({mount.Type})");
    }

    private static bool IsReadOnly(string options) => options.Split(',').Contains("ro");

    private static Finding FreeSpace(string existing)
    {
        var free = new DriveInfo(existing).AvailableFreeSpace;
        var detail = string.Create(CultureInfo.InvariantCulture, $"{free / (double)Gibibyte:0.0} GiB free under {existing}");
        return free > Gibibyte ? new("disk", Verdict.Ok, detail) : new("disk", Verdict.Note, detail, "make room, or choose another --state-dir");
    }
}
