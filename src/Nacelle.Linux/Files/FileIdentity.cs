using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>Which file it is, whatever its name: no other one has these numbers while it is open.</summary>
/// <param name="Inode">Its number in its file system.</param>
/// <param name="DeviceMajor">The file system's device.</param>
/// <param name="DeviceMinor">The file system's device.</param>
public readonly record struct FileIdentity(ulong Inode, uint DeviceMajor, uint DeviceMinor)
{
    /// <summary>From a <c>struct statx</c> (linux/stat.h).</summary>
    internal static FileIdentity FromStatx(ReadOnlySpan<byte> fields) => new(
        MemoryMarshal.Read<ulong>(fields[32..]), MemoryMarshal.Read<uint>(fields[136..]), MemoryMarshal.Read<uint>(fields[140..]));
}
