using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Nacelle.Linux.Files;
using Nacelle.Runtime.Images.Layers;
using Nacelle.Runtime.Images.Registry;
using Nacelle.Runtime.Images.State;

namespace Nacelle.Runtime.Images;

/// <summary>
/// The images of this machine: pulled, verified, unpacked, remembered by name, kept while somebody holds them.
/// <code>
/// name ── references.json ──▶ image ── image.json ──▶ layers (shared between images)
/// </code>
/// An image that has lost its last name is removed once nobody holds it; a layer once no image needs it.
/// </summary>
public sealed class ImageStore : IAsyncDisposable
{
    private readonly ImageDirectory directory;
    private readonly RegistryClient registry;
    private readonly LayerStore layers;
    private readonly ImagePuller puller;
    private readonly SharedWork<(string Key, RegistryCredentials? Credentials), string> pulls = new();
    private readonly HoldCounts<string> holds = new();
    private readonly HoldCounts<Digest> layerHolds = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private ImageIndex index;
    private bool isDisposed;

    private ImageStore(ImageStoreOptions options, ILogger logger)
    {
        this.logger = logger;
        directory = new ImageDirectory(options.Directory);
        index = ImageIndex.From(directory.ReadImages().Where(IsWhole), directory.ReadReferences());
        registry = new RegistryClient(options.Registries, options.Time);
        layers = new LayerStore(directory, options.Limits);
        puller = new ImagePuller(registry, layers, options.Limits);
        foreach (StoredLayer layer in index.Images.Values.SelectMany(image => image.Layers))
        {
            layers.AddPresent(Digest.Parse(layer.ChainId), new LayerSummary(layer.Bytes, layer.Entries));
        }
    }

    /// <summary>Where the store is.</summary>
    public string DirectoryPath => directory.Root;

    /// <summary>
    /// Opens the store, and removes what a crash has left half done. Removed images that were held then are kept until
    /// <see cref="ReleaseUnheld"/>: the caller first holds again what its containers use.
    /// </summary>
    /// <exception cref="ImageException">Damaged, or written by a newer version.</exception>
    /// <exception cref="IOException">The directory can't be used.</exception>
    public static Task<ImageStore> OpenAsync(ImageStoreOptions options, ILoggerFactory loggerFactory, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                ImageStore store = new(options, loggerFactory.CreateLogger<ImageStore>());
                store.RemoveStrayLayers();
                return store;
            },
            cancellationToken);

    /// <summary>The image for a reference as a Pod gives it, or for an id, whole or shortened; null if it isn't here. Asks no registry.</summary>
    public ValueTask<Image?> FindAsync(string referenceOrId)
    {
        ImageIndex now = index;
        return ValueTask.FromResult(now.Find(referenceOrId) is { } found ? Present(now, found) : null);
    }

    /// <summary>The image of a whole id, even if it has been removed, as long as it is held; null if it isn't here.</summary>
    public Image? FindHeld(string imageId)
    {
        ImageIndex now = index;
        return now.Images.TryGetValue(imageId, out StoredImage? image) ? Present(now, image) : null;
    }

    /// <summary>All images that have a name.</summary>
    public ImmutableArray<Image> List()
    {
        ImageIndex now = index;
        return [.. now.Named().Select(image => Present(now, image)).OrderBy(image => image.Id, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Makes an image be here as the registry has it now: one HEAD if it hasn't changed. Concurrent pulls of the same reference
    /// with the same credentials are one.
    /// </summary>
    /// <exception cref="ImageException">It can't be had; the message nests what was being done, as containerd's do.</exception>
    public async Task<Image> PullAsync(string reference, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        ImageReference parsed = ImageReference.Parse(reference);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping.Token);
        try
        {
            string id = await pulls.RunAsync((parsed.Key, credentials), token => PullOnceAsync(parsed, credentials, token), either.Token).ConfigureAwait(false);
            ImageIndex now = index;
            return now.Images.TryGetValue(id, out StoredImage? image)
                ? Present(now, image)
                : throw new ImageException(ImageError.Store, $"image \"{parsed}\" was removed as soon as it was pulled");
        }
        catch (ImageException e)
        {
            throw e.While($"failed to pull and unpack image \"{parsed}\"");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageException(ImageError.Store, $"failed to pull and unpack image \"{parsed}\": {e.Message}", e);
        }
    }

    /// <summary>Takes all names from an image; its files go once nobody holds it. Unknown images are no error.</summary>
    public Task RemoveAsync(string referenceOrId)
    {
        List<string> detached;
        lock (gate)
        {
            if (index.Find(referenceOrId) is not { } image)
            {
                return Task.CompletedTask;
            }

            ImageIndex next = index.WithoutNames(image.Id);
            directory.WriteReferences(next.References.Values);
            index = next;
            ImageStoreLog.Removed(logger, image.Id);
            detached = DetachUnused();
        }

        return DeleteAsync(detached);
    }

    /// <summary>Keeps an image's layers while a container uses them, whatever happens to its names. Disposing ends it, once.</summary>
    /// <exception cref="ImageException">There is no such image.</exception>
    public IDisposable Hold(string imageId)
    {
        lock (gate)
        {
            if (!index.Images.ContainsKey(imageId))
            {
                throw new ImageException(ImageError.NotFound, $"image {imageId}: not found");
            }

            holds.Add(imageId);
        }

        return new Release(() =>
        {
            lock (gate)
            {
                holds.Remove(imageId);
            }

            ReleaseUnheld();
        });
    }

    /// <summary>Removes the files of images without a name that nobody holds. To be called once after start, when all holds are taken again.</summary>
    public void ReleaseUnheld()
    {
        List<string> detached;
        lock (gate)
        {
            detached = DetachUnused();
        }

        Delete(detached);
    }

    /// <summary>Bytes of file content and inodes of all layers.</summary>
    public (long Bytes, long Entries) Usage()
    {
        IReadOnlyCollection<KeyValuePair<Digest, LayerSummary>> present = layers.Present;
        return (present.Sum(layer => layer.Value.Bytes), present.Sum(layer => layer.Value.Entries));
    }

    /// <summary>The image's configuration as the registry gave it, JSON.</summary>
    public string ReadConfig(Image image) => directory.ReadConfig(image.Id);

    /// <summary>Cancels pulls; they clean up behind themselves before their callers see it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
        {
            return;
        }

        await stopping.CancelAsync().ConfigureAwait(false);
        await pulls.DrainAsync().ConfigureAwait(false);
        registry.Dispose();
        layers.Dispose();
        stopping.Dispose();
    }

    private async Task<string> PullOnceAsync(ImageReference reference, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        Digest digest = await puller.ResolveAsync(reference, credentials, cancellationToken).ConfigureAwait(false);
        if (TryPoint(reference, digest) is { } known)
        {
            return known;
        }

        FetchedImage fetched = await puller.FetchAsync(reference, digest, credentials, cancellationToken).ConfigureAwait(false);
        using IDisposable hold = HoldLayers(fetched.Plan.Layers);
        ImmutableArray<LayerSummary> summaries = await puller.UnpackAsync(reference, fetched.Plan, credentials, cancellationToken).ConfigureAwait(false);
        StoredImage image = new()
        {
            Id = fetched.Plan.ConfigDigest.ToString(),
            Size = summaries.Sum(summary => summary.Bytes) + fetched.Config.Length,
            Config = StoredConfig.From(fetched.Plan.Config),
            Layers = [.. fetched.Plan.Layers.Zip(summaries, (layer, summary) => new StoredLayer
            {
                ChainId = layer.ChainId.ToString(),
                Bytes = summary.Bytes,
                Entries = summary.Entries,
            })],
        };
        // A name never outlives a power cut without what it names.
        directory.Sync();
        lock (gate)
        {
            directory.AddImage(image, fetched.Manifest, fetched.Config);
            ImageIndex next = index.With(image, reference, digest);
            directory.WriteReferences(next.References.Values);
            index = next;
        }

        ImageStoreLog.Pulled(logger, reference.ToString(), digest.ToString(), image.Id);
        return image.Id;
    }

    private bool IsWhole(StoredImage image)
    {
        bool isWhole = directory.IsWhole(image);
        if (!isWhole)
        {
            // Somebody has been at the directory; the next pull mends it.
            ImageStoreLog.NotWhole(logger, image.Id);
            FileTree.Remove(directory.DetachImage(image.Id));
        }

        return isWhole;
    }

    /// <summary>Lets the name mean what the same digest brought before, if it did and is still here.</summary>
    private string? TryPoint(ImageReference reference, Digest digest)
    {
        lock (gate)
        {
            if (!index.References.TryGetValue(reference.WithDigest(digest).Key, out StoredReference? pinned))
            {
                return null;
            }

            if (!index.References.TryGetValue(reference.Key, out StoredReference? named) || named.Digest != pinned.Digest)
            {
                ImageIndex next = index.With(index.Images[pinned.ImageId], reference, digest);
                directory.WriteReferences(next.References.Values);
                index = next;
            }

            return pinned.ImageId;
        }
    }

    private Release HoldLayers(ImmutableArray<LayerPlan> plans)
    {
        lock (gate)
        {
            foreach (LayerPlan plan in plans)
            {
                layerHolds.Add(plan.ChainId);
            }
        }

        return new Release(() =>
        {
            lock (gate)
            {
                foreach (LayerPlan plan in plans)
                {
                    layerHolds.Remove(plan.ChainId);
                }
            }

            ReleaseUnheld();
        });
    }

    /// <summary>Under the lock: moves what nobody needs out of the way, which is quick; removing it may take long.</summary>
    private List<string> DetachUnused()
    {
        List<string> detached = [];
        ImageIndex next = index.WithoutUnused(holds.IsHeld);
        foreach (string id in index.Images.Keys.Except(next.Images.Keys))
        {
            detached.Add(directory.DetachImage(id));
        }

        index = next;
        HashSet<Digest> needed = [.. next.Images.Values.SelectMany(image => image.Layers).Select(layer => Digest.Parse(layer.ChainId)), .. layerHolds.Held];
        foreach (Digest chainId in layers.Present.Select(layer => layer.Key).Where(chainId => !needed.Contains(chainId)))
        {
            layers.Forget(chainId);
            detached.Add(directory.DetachLayer(chainId.Hex));
        }

        return detached;
    }

    private void RemoveStrayLayers()
    {
        HashSet<string> needed = [.. layers.Present.Select(layer => layer.Key.Hex)];
        Delete([.. directory.LayerNames().Where(hex => !needed.Contains(hex)).ToList().Select(directory.DetachLayer)]);
    }

    private Task DeleteAsync(List<string> paths) => paths.Count == 0 ? Task.CompletedTask : Task.Run(() => Delete(paths));

    private void Delete(List<string> paths)
    {
        foreach (string path in paths)
        {
            try
            {
                FileTree.Remove(path);
            }
            catch (IOException e)
            {
                // It is in tmp/ and out of the store; the next start removes it.
                ImageStoreLog.NotDeleted(logger, path, e.Message);
            }
        }
    }

    private Image Present(ImageIndex now, StoredImage image)
    {
        List<string> names = [.. now.References.Values.Where(reference => reference.ImageId == image.Id).Select(reference => reference.Name).Order(StringComparer.Ordinal)];
        return new Image
        {
            Id = image.Id,
            RepoTags = [.. names.Where(name => !name.Contains('@', StringComparison.Ordinal))],
            RepoDigests = [.. names.Where(name => name.Contains('@', StringComparison.Ordinal))],
            Size = image.Size,
            Config = image.Config.ToConfig(),
            Layers = [.. image.Layers.Select(layer => directory.Layer(Digest.Parse(layer.ChainId)))],
        };
    }

    private sealed class Release(Action release) : IDisposable
    {
        private Action? release = release;

        public void Dispose() => Interlocked.Exchange(ref release, null)?.Invoke();
    }
}
