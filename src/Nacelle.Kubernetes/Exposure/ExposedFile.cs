namespace Nacelle.Kubernetes.Exposure;

/// <summary>A mounted thing, and who may read it.</summary>
/// <param name="Mode">Permission bits of files that the kubelet writes, owned by root; null where only the machine knows.</param>
/// <param name="Group">The group that owns them (<c>fsGroup</c>, with read permission); null for root's.</param>
public sealed record ExposedFile(ExposedItem Item, int? Mode, long? Group)
{
    private const int OwnerReads = 0x100; // 0400
    private const int GroupReads = 0x20; // 0040
    private const int OthersRead = 0x4; // 0004

    /// <summary>Whether a process that can walk to the file may open it (path_resolution(7)). Where the mode is not known it may.</summary>
    public bool IsReadableBy(Credentials reader)
    {
        if (Mode is not { } mode || reader.Can(LinuxCapabilities.DacOverride) || reader.Can(LinuxCapabilities.DacReadSearch))
        {
            return true;
        }

        if (reader.Uids.Effective == 0)
        {
            return (mode & OwnerReads) != 0;
        }

        long owner = Group ?? 0;
        return reader.Gids.Effective == owner || reader.Groups.Contains(owner)
            ? Group is not null || (mode & GroupReads) != 0
            : (mode & OthersRead) != 0;
    }
}
