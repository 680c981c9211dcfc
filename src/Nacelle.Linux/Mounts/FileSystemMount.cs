using System.Runtime.InteropServices;

namespace Nacelle.Linux.Mounts;

/// <summary>mount(2) and umount2(2).</summary>
public static partial class FileSystemMount
{
    /// <summary>Mounts a file system, binds, remounts or changes propagation, as mount(2) says.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static void Mount(string? source, string target, string? type, MountFlags flags, string? data = null) =>
        LinuxException.Check(mount(source, target, type, (ulong)flags, data), "mount", $"{type ?? source} on {target}");

    /// <summary>Makes <paramref name="source"/> (a file or a directory) appear at the existing <paramref name="target"/>.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static void Bind(string source, string target, bool recursive = false, bool readOnly = false)
    {
        Mount(source, target, null, MountFlags.Bind | (recursive ? MountFlags.Recursive : 0));
        if (readOnly)
        {
            Mount(null, target, null, MountFlags.Bind | MountFlags.Remount | MountFlags.ReadOnly);
        }
    }

    /// <summary>A tmpfs without set-uid programs and devices.</summary>
    /// <param name="sizeBytes">Its limit in bytes; null is the kernel's default (half of the memory).</param>
    /// <param name="mode">The root directory's permissions.</param>
    /// <exception cref="LinuxException">The call failed.</exception>
    public static void Tmpfs(string target, long? sizeBytes, int mode = 0x1FF, MountFlags flags = MountFlags.NoSetUid | MountFlags.NoDevices)
    {
        var size = sizeBytes is { } bytes ? $",size={bytes}" : "";
        Mount("tmpfs", target, "tmpfs", flags, $"mode={Convert.ToString(mode, 8)}{size}");
    }

    /// <summary>Unmounts; a target that is no mount point, or does not exist, is no error.</summary>
    /// <returns>Whether something was unmounted.</returns>
    /// <exception cref="LinuxException">The call failed otherwise, EBUSY for example.</exception>
    public static bool Unmount(string target, UnmountFlags flags = UnmountFlags.NoFollow)
    {
        if (umount2(target, (int)flags) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is Errno.EINVAL or Errno.ENOENT
            ? false
            : throw LinuxException.Last("umount", target);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string? source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
