using System.Collections.Immutable;
using Nacelle.Runtime.Images.Layers;
using Nacelle.Runtime.Images.Oci;

namespace Nacelle.Runtime.Images;

/// <summary>What a manifest and its configuration say an image consists of, checked against each other.</summary>
internal sealed record PullPlan
{
    public required Digest ConfigDigest { get; init; }

    public required OciImageConfig Config { get; init; }

    /// <summary>The lowest first.</summary>
    public required ImmutableArray<LayerPlan> Layers { get; init; }

    /// <summary>The manifest of an index that runs on this platform.</summary>
    /// <exception cref="ImageException"><see cref="ImageError.NotFound"/> if none does.</exception>
    public static OciDescriptor Choose(IReadOnlyList<OciDescriptor> manifests, OciPlatform platform)
    {
        OciDescriptor? exact = manifests.FirstOrDefault(entry =>
            entry.Platform is { } offered && platform.Accepts(offered.Os, offered.Architecture, offered.Variant) && offered.Variant == platform.Variant);
        // An entry without a platform may be ours: its configuration will tell.
        return exact
            ?? manifests.FirstOrDefault(entry => entry.Platform is { } offered && platform.Accepts(offered.Os, offered.Architecture, offered.Variant))
            ?? manifests.FirstOrDefault(entry => entry.Platform is null)
            ?? throw new ImageException(ImageError.NotFound, $"no match for platform {platform} in manifest: not found");
    }

    /// <summary>Reads an image manifest's own part.</summary>
    /// <exception cref="ImageException">It is none, or names no configuration.</exception>
    public static OciDescriptor ConfigOf(OciManifest manifest)
    {
        if (manifest.SchemaVersion == 1)
        {
            throw new ImageException(ImageError.Unsupported, "the registry has the image only in Docker's schema 1, which is not supported; push it again with a current program");
        }

        return manifest.Config is { Digest: not null } config && manifest.Layers is not null
            ? config
            : throw new ImageException(ImageError.Corrupt, "the manifest names no configuration and layers");
    }

    /// <summary>Puts manifest and configuration together.</summary>
    /// <exception cref="ImageException">They don't belong together, are for another platform, or exceed a bound.</exception>
    public static PullPlan For(OciManifest manifest, OciImageDocument document, OciPlatform platform, LayerLimits limits)
    {
        if (document.Architecture is { Length: > 0 } && !platform.Accepts(document.Os, document.Architecture, document.Variant))
        {
            throw new ImageException(ImageError.NotFound, $"the image is for {document.Os}/{document.Architecture}; no match for platform {platform}: not found");
        }

        IReadOnlyList<OciDescriptor> layers = manifest.Layers!;
        IReadOnlyList<string> diffIds = document.Rootfs?.DiffIds ?? [];
        if (layers.Count == 0 || layers.Count != diffIds.Count)
        {
            throw new ImageException(
                layers.Count == 0 ? ImageError.Unsupported : ImageError.Corrupt,
                layers.Count == 0 ? "the image has no layers (is it an image?)" : $"the manifest has {layers.Count} layers, the configuration {diffIds.Count}");
        }

        if (layers.Count > limits.MaxLayers)
        {
            throw new ImageException(ImageError.TooLarge, $"the image has {layers.Count} layers; at most {limits.MaxLayers} are taken");
        }

        ImmutableArray<Digest> parsed = [.. diffIds.Select(Digest.Parse)];
        ImmutableArray<Digest> chain = LayerPlan.ChainIds(parsed);
        return new PullPlan
        {
            ConfigDigest = Digest.Parse(manifest.Config!.Digest),
            Config = document.ToConfig(),
            Layers = [.. layers.Select((layer, i) => new LayerPlan(chain[i], parsed[i], Digest.Parse(layer.Digest), layer.Size))],
        };
    }
}
