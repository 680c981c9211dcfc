using System.Collections.Frozen;

namespace Nacelle.Inspect.Files;

/// <summary>
/// The file systems that files are read from: those that keep data. Every other one is refused, so that a kind the kernel gains later is too: reading in
/// proc, sysfs, cgroup, debugfs, tracefs, securityfs, bpf, devpts, mqueue and their like can have effects or never end; a FUSE or autofs mount is answered by
/// a program that may belong to the container and never answer, and nfs or cifs by a machine that may be gone. The type is taken from mountinfo:
/// statfs(2) would ask the FUSE program.
/// </summary>
public static class FileSystemTypes
{
    // 9p and virtiofs are what a virtual machine gets of its own host.
    private static readonly FrozenSet<string> Read = FrozenSet.ToFrozenSet(
    [
        "9p", "bcachefs", "btrfs", "devtmpfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs", "hugetlbfs", "iso9660", "jfs", "msdos", "nilfs2", "ntfs3",
        "overlay", "ramfs", "reiserfs", "rootfs", "squashfs", "tmpfs", "ubifs", "udf", "ufs", "vfat", "virtiofs", "xfs", "zfs",
    ]);

    /// <param name="type">As mountinfo names it, e.g. <c>ext4</c>; null where the mount is not known.</param>
    public static bool MayBeRead(string? type) => type is not null && Read.Contains(type);
}
