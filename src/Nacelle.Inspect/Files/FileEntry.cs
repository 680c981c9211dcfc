using Nacelle.Linux.Files;

namespace Nacelle.Inspect.Files;

/// <summary>What is told of one file; a symbolic link is told of itself, never of its target.</summary>
public sealed record FileEntry
{
    // 0001-01-01 and 9999-12-31T23:59:59, what a DateTimeOffset holds.
    private const long FirstSecond = -62135596800;
    private const long LastSecond = 253402300799;

    /// <summary>The last part of its path: bytes of any kind but NUL and <c>/</c>. Of the root itself: <c>/</c>.</summary>
    public required byte[] Name { get; init; }

    public required FileType Type { get; init; }

    /// <summary>The permissions with set-id and sticky bits.</summary>
    public uint Mode { get; init; }

    /// <summary>The owner as the host numbers it.</summary>
    public uint Uid { get; init; }

    /// <summary>The group as the host numbers it.</summary>
    public uint Gid { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>When its content changed last; null where that is outside of the years 1 to 9999, which a container may set.</summary>
    public DateTimeOffset? Modified { get; init; }

    /// <summary>Of a device <c>MAJOR:MINOR</c>, else null.</summary>
    public string? Device { get; init; }

    /// <summary>Of a symbolic link what it holds, bytes of any kind; null where it could not be read.</summary>
    public byte[]? Target { get; init; }

    /// <summary>The type of its file system, e.g. <c>proc</c>; in a list only where another one is mounted there.</summary>
    public string? FileSystem { get; init; }

    internal static FileEntry From(ReadOnlySpan<byte> name, FileStatus status) => new()
    {
        Name = name.ToArray(),
        Type = TypeOf(status),
        Mode = status.Permissions,
        Uid = status.Uid,
        Gid = status.Gid,
        Size = status.Size,
        Modified = status.ModifiedSeconds is >= FirstSecond and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(status.ModifiedSeconds).AddTicks(status.ModifiedNanoseconds / TimeSpan.NanosecondsPerTick)
            : null,
        Device = TypeOf(status) is FileType.CharDevice or FileType.BlockDevice ? $"{status.DeviceMajor}:{status.DeviceMinor}" : null,
    };

    internal static FileType TypeOf(FileStatus status) => (status.Mode & FileStatus.TypeMask) switch
    {
        FileStatus.RegularFile => FileType.File,
        FileStatus.DirectoryType => FileType.Directory,
        FileStatus.SymbolicLink => FileType.SymbolicLink,
        FileStatus.Socket => FileType.Socket,
        FileStatus.CharacterDevice => FileType.CharDevice,
        FileStatus.BlockDevice => FileType.BlockDevice,
        FileStatus.Fifo => FileType.FIFO,
        _ => FileType.Unknown,
    };
}
