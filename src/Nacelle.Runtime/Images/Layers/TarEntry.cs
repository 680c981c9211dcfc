namespace Nacelle.Runtime.Images.Layers;

/// <summary>One entry of a tar archive, with names as the raw bytes they are.</summary>
internal sealed record TarEntry
{
    public required TarEntryKind Kind { get; init; }

    public required byte[] Name { get; init; }

    /// <summary>The target of a link as written, else empty.</summary>
    public byte[] LinkName { get; init; } = [];

    /// <summary>Permissions with set-id and sticky bits; no type bits.</summary>
    public uint Mode { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>Bytes of content that follow; 0 for all but files.</summary>
    public long Size { get; init; }

    public TarTime Modified { get; init; }

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    /// <summary>Extended attributes (PAX records <c>SCHILY.xattr.NAME</c>), values as they are.</summary>
    public IReadOnlyList<(byte[] Name, byte[] Value)> Attributes { get; init; } = [];
}
