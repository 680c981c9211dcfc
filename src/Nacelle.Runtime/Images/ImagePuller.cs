using System.Collections.Immutable;
using Nacelle.Runtime.Images.Layers;
using Nacelle.Runtime.Images.Oci;
using Nacelle.Runtime.Images.Registry;

namespace Nacelle.Runtime.Images;

/// <summary>Walks from a name to an image's parts: index, manifest, configuration, layers. Knows nothing of what the store remembers.</summary>
internal sealed class ImagePuller(RegistryClient registry, LayerStore layers, LayerLimits limits)
{
    /// <summary>How deep indexes may nest.</summary>
    private const int MaxIndexDepth = 3;

    /// <summary>Which manifest or index the name means now.</summary>
    public async Task<Digest> ResolveAsync(ImageReference reference, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        try
        {
            return await registry.ResolveAsync(reference, credentials, cancellationToken).ConfigureAwait(false);
        }
        catch (ImageException e)
        {
            throw e.While($"failed to resolve reference \"{reference}\"");
        }
    }

    /// <summary>Fetches manifest and configuration and says what the image consists of.</summary>
    public async Task<FetchedImage> FetchAsync(ImageReference reference, Digest digest, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        for (int depth = 0; ; depth++)
        {
            byte[] bytes = await registry.FetchManifestAsync(reference, digest, credentials, cancellationToken).ConfigureAwait(false);
            OciManifest manifest = OciJson.Read(bytes, OciJson.Default.OciManifest, $"manifest {digest}");
            if (manifest.Manifests is not null && manifest.Layers is not null)
            {
                // Two programs could take it for two different images (CVE-2021-41190).
                throw new ImageException(ImageError.Corrupt, $"manifest {digest} is both an index and an image");
            }

            if (manifest.Manifests is { } entries)
            {
                digest = depth < MaxIndexDepth
                    ? Digest.Parse(PullPlan.Choose(entries, OciPlatform.Current).Digest)
                    : throw new ImageException(ImageError.Corrupt, "the image's indexes are nested too deeply");
                continue;
            }

            Digest configDigest = Digest.Parse(PullPlan.ConfigOf(manifest).Digest);
            byte[] config = await registry.FetchBlobAsync(reference, configDigest, credentials, cancellationToken).ConfigureAwait(false);
            OciImageDocument document = OciJson.Read(config, OciJson.Default.OciImageDocument, $"image configuration {configDigest}");
            return new FetchedImage(PullPlan.For(manifest, document, OciPlatform.Current, limits), bytes, config);
        }
    }

    /// <summary>Makes the image's layers be there.</summary>
    public Task<ImmutableArray<LayerSummary>> UnpackAsync(
        ImageReference reference, PullPlan plan, RegistryCredentials? credentials, CancellationToken cancellationToken) =>
        layers.EnsureAsync(
            plan.Layers,
            (layer, path, token) => registry.DownloadAsync(reference, layer.Blob, layer.BlobSize, path, credentials, token),
            cancellationToken);
}
