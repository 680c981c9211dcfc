namespace Nacelle.Runtime.Images.State;

/// <summary>One image as written to disk; never changed afterwards.</summary>
internal sealed record StoredImage
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>The digest of the image's configuration.</summary>
    public required string Id { get; init; }

    /// <summary>Bytes, as <see cref="Image.Size"/>.</summary>
    public long Size { get; init; }

    public required StoredConfig Config { get; init; }

    /// <summary>The lowest first.</summary>
    public required IReadOnlyList<StoredLayer> Layers { get; init; }
}
