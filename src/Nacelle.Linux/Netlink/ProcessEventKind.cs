namespace Nacelle.Linux.Netlink;

/// <summary>The kinds of <see cref="ProcessEvent"/> that are read, with the kernel's numbers.</summary>
public enum ProcessEventKind : uint
{
    Fork = 1,
    Exec = 2,
    User = 4,
    Group = 0x40,
    Exit = 0x80000000,
}
