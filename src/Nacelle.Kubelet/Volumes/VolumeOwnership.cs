using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.Kubelet.Volumes;

/// <summary>Gives a volume to the Pod's <c>fsGroup</c> (Kubernetes documentation, "Configure a Security Context").</summary>
internal static class VolumeOwnership
{
    private const uint Unchanged = uint.MaxValue;
    private const uint SetGroupId = 0x400;
    private const uint GroupSearch = 0x48; // 0110: who may read it may enter it
    private const uint ReadAndWrite = 0x1B0; // 0660
    private const uint ReadOnly = 0x120; // 0440

    /// <summary>
    /// Sets the group of everything in the tree, lets the group read (and write), and makes directories pass the group on to new files.
    /// Links are never followed.
    /// </summary>
    public static void Give(string path, long group, bool readOnly)
    {
        using var root = FileAt.OpenAbsolute(path);
        GiveBeneath(root, (uint)group, readOnly ? ReadOnly : ReadAndWrite);
        GiveOne(root, [], (uint)group, readOnly ? ReadOnly : ReadAndWrite);
    }

    private static void GiveBeneath(FileDescriptor directory, uint group, uint bits)
    {
        foreach (var name in FileAt.Entries(directory))
        {
            if (GiveOne(directory, name, group, bits))
            {
                using var child = FileAt.OpenDirectory(directory, name);
                GiveBeneath(child, group, bits);
            }
        }
    }

    // True for a directory.
    private static bool GiveOne(FileDescriptor directory, ReadOnlySpan<byte> name, uint group, uint bits)
    {
        const uint link = 0xA000;
        if (FileAt.Status(directory, name) is not { } status)
        {
            return false;
        }

        FileAt.SetOwner(directory, name, Unchanged, group);
        if ((status.Mode & FileStatus.TypeMask) != link)
        {
            var added = status.IsDirectory ? bits | GroupSearch | SetGroupId : bits;
            FileAt.SetPermissions(directory, name.IsEmpty ? "."u8 : name, status.Permissions | added);
        }

        return status.IsDirectory;
    }
}
