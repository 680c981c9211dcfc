using System.Collections.Immutable;

namespace Nacelle.Runtime.Images;

/// <summary>An image that is wholly in the store: every layer unpacked and verified.</summary>
public sealed record Image
{
    /// <summary><c>sha256:</c> and the digest of the image's configuration: the id that CRI and kubectl show.</summary>
    public required string Id { get; init; }

    /// <summary>Normalised names with tags, such as <c>docker.io/library/nginx:latest</c>, sorted. Empty once the tag has moved on.</summary>
    public ImmutableArray<string> RepoTags { get; init; } = [];

    /// <summary>Normalised names with the digest of the manifest or index that was asked for, sorted.</summary>
    public ImmutableArray<string> RepoDigests { get; init; } = [];

    /// <summary>Bytes of all files in all layers, unpacked; what the image costs alone, shared layers counted.</summary>
    public required long Size { get; init; }

    public required OciImageConfig Config { get; init; }

    /// <summary>Directories usable as overlay lowerdirs, the lowest first. They stay while the image is there or held.</summary>
    public required ImmutableArray<string> Layers { get; init; }
}
