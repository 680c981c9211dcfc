namespace Nacelle.Linux.Mounts;

/// <summary>Flags of umount2(2).</summary>
[Flags]
public enum UnmountFlags
{
    None = 0,
    Force = 1,
    Detach = 2,
    NoFollow = 8,
}
