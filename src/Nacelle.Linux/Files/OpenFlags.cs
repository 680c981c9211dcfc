namespace Nacelle.Linux.Files;

/// <summary>Flags of open(2), with the numbers of x86-64 and arm64 where those agree; the others are taken from <see cref="OpenFlagNumbers"/>.</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    Create = 0x40,
    Exclusive = 0x80,
    NoControllingTerminal = 0x100,
    Truncate = 0x200,
    Append = 0x400,
    NonBlocking = 0x800,

    /// <summary>O_NOATIME: reading leaves the time of the last access as it is; the owner and root alone may ask for it.</summary>
    NoAccessTime = 0x40000,
    CloseOnExec = 0x80000,
    PathOnly = 0x200000,

    /// <summary>O_DIRECTORY: 0x10000 on x86-64, translated on arm64.</summary>
    Directory = 0x10000,

    /// <summary>O_NOFOLLOW: 0x20000 on x86-64, translated on arm64.</summary>
    NoFollow = 0x20000,
}
