using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>What statx(2) says of a file, without following a link.</summary>
/// <param name="Mode">Type and permission bits, as st_mode.</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedSeconds">Seconds since 1970, may be negative.</param>
/// <param name="ModifiedNanoseconds">0 to 999,999,999.</param>
/// <param name="DeviceMajor">Of a device node, else 0.</param>
/// <param name="DeviceMinor">Of a device node, else 0.</param>
public readonly record struct FileStatus(
    uint Mode, uint Uid, uint Gid, long Size, long ModifiedSeconds, uint ModifiedNanoseconds, uint DeviceMajor, uint DeviceMinor)
{
    public const uint TypeMask = 0xF000;
    public const uint Fifo = 0x1000;
    public const uint CharacterDevice = 0x2000;
    public const uint DirectoryType = 0x4000;
    public const uint BlockDevice = 0x6000;
    public const uint RegularFile = 0x8000;
    public const uint SymbolicLink = 0xA000;
    public const uint Socket = 0xC000;

    public bool IsRegularFile => (Mode & TypeMask) == RegularFile;

    public bool IsSymbolicLink => (Mode & TypeMask) == SymbolicLink;

    public bool IsDirectory => (Mode & TypeMask) == DirectoryType;

    /// <summary>A character device 0:0: what overlayfs takes for "deleted here".</summary>
    public bool IsWhiteout => (Mode & TypeMask) == CharacterDevice && DeviceMajor == 0 && DeviceMinor == 0;

    /// <summary>The permission bits with set-id and sticky.</summary>
    public uint Permissions => Mode & 0xFFF;

    /// <summary>From a <c>struct statx</c> (linux/stat.h).</summary>
    internal static FileStatus FromStatx(ReadOnlySpan<byte> fields) => new(
        MemoryMarshal.Read<ushort>(fields[28..]),
        MemoryMarshal.Read<uint>(fields[20..]),
        MemoryMarshal.Read<uint>(fields[24..]),
        MemoryMarshal.Read<long>(fields[40..]),
        MemoryMarshal.Read<long>(fields[112..]),
        MemoryMarshal.Read<uint>(fields[120..]),
        MemoryMarshal.Read<uint>(fields[128..]),
        MemoryMarshal.Read<uint>(fields[132..]));
}
