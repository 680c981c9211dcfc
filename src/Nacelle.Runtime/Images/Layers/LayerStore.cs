using System.Collections.Concurrent;
using System.Collections.Immutable;
using Nacelle.Linux.Files;
using Nacelle.Runtime.Images.State;

namespace Nacelle.Runtime.Images.Layers;

/// <summary>Makes layers be there: each is fetched and unpacked once, however many images and pulls want it.</summary>
internal sealed class LayerStore(ImageDirectory directory, LayerLimits limits) : IDisposable
{
    /// <summary>How many blobs are fetched at the same time, over all pulls.</summary>
    private const int Transfers = 4;

    private readonly ConcurrentDictionary<Digest, LayerSummary> present = new();
    private readonly SharedWork<Digest, LayerSummary> running = new();
    private readonly SemaphoreSlim turns = new(Transfers);

    /// <summary>Fetches one blob into a file that doesn't exist yet, verified.</summary>
    public delegate Task Download(LayerPlan layer, string path, CancellationToken cancellationToken);

    /// <summary>Tells of a layer that was on disk at start.</summary>
    public void AddPresent(Digest chainId, LayerSummary summary) => present[chainId] = summary;

    /// <summary>Tells that a layer is gone from disk.</summary>
    public void Forget(Digest chainId) => present.TryRemove(chainId, out _);

    /// <summary>All layers on disk.</summary>
    public IReadOnlyCollection<KeyValuePair<Digest, LayerSummary>> Present => present.ToArray();

    /// <summary>
    /// Makes all layers of one image be there: blobs are fetched side by side, unpacked from the lowest up.
    /// The caller has seen to it that none of them is collected meanwhile.
    /// </summary>
    /// <returns>What each takes, in the order given.</returns>
    /// <exception cref="ImageException">A layer could not be had; nothing of it is kept, layers that are whole are.</exception>
    public async Task<ImmutableArray<LayerSummary>> EnsureAsync(ImmutableArray<LayerPlan> layers, Download download, CancellationToken cancellationToken)
    {
        // The uppermost first: it sets all below it going.
        ImmutableArray<LayerSummary>.Builder summaries = ImmutableArray.CreateBuilder<LayerSummary>();
        for (int i = layers.Length - 1; i >= 0; i--)
        {
            summaries.Add(await EnsureOneAsync(layers, i, download, cancellationToken).ConfigureAwait(false));
        }

        summaries.Reverse();
        return summaries.ToImmutable();
    }

    private Task<LayerSummary> EnsureOneAsync(ImmutableArray<LayerPlan> layers, int index, Download download, CancellationToken cancellationToken) =>
        present.TryGetValue(layers[index].ChainId, out LayerSummary known)
            ? Task.FromResult(known)
            : running.RunAsync(layers[index].ChainId, token => MakeAsync(layers, index, download, token), cancellationToken);

    private async Task<LayerSummary> MakeAsync(ImmutableArray<LayerPlan> layers, int index, Download download, CancellationToken cancellationToken)
    {
        LayerPlan layer = layers[index];
        if (present.TryGetValue(layer.ChainId, out LayerSummary done))
        {
            return done;
        }

        string blob = directory.NewTemporary();
        try
        {
            using CancellationTokenSource own = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task below = index == 0 ? Task.CompletedTask : EnsureOneAsync(layers, index - 1, download, own.Token);
            await BothAsync(below, FetchAsync(layer, blob, download, own.Token), own).ConfigureAwait(false);
            IEnumerable<string> lowers = layers.Take(index).Select(lower => directory.Layer(lower.ChainId));
            // A thread of its own: unpacking takes as long as the disk does, and the pool's few threads serve everything else.
            return present[layer.ChainId] = await Task.Factory
                .StartNew(() => Unpack(layer, blob, lowers, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ConfigureAwait(false);
        }
        finally
        {
            File.Delete(blob);
        }
    }

    /// <summary>Waits for both; when one fails the other is cancelled and waited for, and the failure that came first is told.</summary>
    private static async Task BothAsync(Task one, Task other, CancellationTokenSource cancellation)
    {
        Task first = await Task.WhenAny(one, other).ConfigureAwait(false);
        Task second = first == one ? other : one;
        if (!first.IsCompletedSuccessfully)
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
            await second.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        }

        await first.ConfigureAwait(false);
        await second.ConfigureAwait(false);
    }

    public void Dispose() => turns.Dispose();

    private async Task FetchAsync(LayerPlan layer, string path, Download download, CancellationToken cancellationToken)
    {
        if (layer.BlobSize < 0 || layer.BlobSize > limits.MaxBlobBytes)
        {
            throw new ImageException(ImageError.TooLarge, $"layer {layer.Blob} has {layer.BlobSize} bytes; at most {limits.MaxBlobBytes} are taken");
        }

        await turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await download(layer, path, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turns.Release();
        }
    }

    private LayerSummary Unpack(LayerPlan layer, string blob, IEnumerable<string> lowers, CancellationToken cancellationToken)
    {
        string unfinished = directory.NewTemporary();
        try
        {
            Directory.CreateDirectory(unfinished);
            // The process's umask must not decide what containers see as their root directory.
            File.SetUnixFileMode(unfinished, (UnixFileMode)0x1ED);
            LayerSummary summary;
            using (LayerStream stream = LayerStream.Open(File.OpenRead(blob), layer.DiffId, limits.MaxLayerBytes))
            using (LayerTree tree = new(unfinished, lowers))
            {
                summary = new LayerExtractor(tree, limits).Extract(stream, cancellationToken);
                stream.Verify(cancellationToken);
            }

            Directory.Move(unfinished, directory.Layer(layer.ChainId));
            return summary;
        }
        catch (ImageException e)
        {
            FileTree.Remove(unfinished);
            throw e.While($"failed to extract layer {layer.Blob}");
        }
        catch
        {
            FileTree.Remove(unfinished);
            throw;
        }
    }
}
