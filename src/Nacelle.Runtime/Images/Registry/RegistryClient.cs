using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Nacelle.Runtime.Images.Oci;

namespace Nacelle.Runtime.Images.Registry;

/// <summary>The pull side of the OCI distribution specification, over a registry's mirrors and then the registry itself.</summary>
internal sealed class RegistryClient(RegistryOptions options, TimeProvider time) : IDisposable
{
    /// <summary>The largest manifest or index taken, in bytes: what registries themselves accept.</summary>
    public const int MaxManifestBytes = 4 * 1024 * 1024;

    private readonly RegistryTransport transport = new(options, time);

    /// <summary>Asks which manifest (or index) a reference means now: one HEAD where the server tells digests, as nearly all do.</summary>
    public Task<Digest> ResolveAsync(ImageReference reference, RegistryCredentials? credentials, CancellationToken cancellationToken) =>
        FirstAsync(reference, reference.ToString(), async host =>
        {
            RegistryRequest request = Manifest(host, reference, reference.ManifestName, credentials) with { Method = HttpMethod.Head };
            using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (reference.Digest is { } known)
            {
                return known;
            }

            string? told = response.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
            return Digest.TryParse(told, out Digest digest)
                ? digest
                : Digest.Of(await ReadManifestAsync(request with { Method = HttpMethod.Get }, cancellationToken).ConfigureAwait(false));
        });

    /// <summary>Fetches a manifest, an index or an image configuration whole and verifies it.</summary>
    /// <exception cref="ImageException">As for a request; or it isn't what its digest says.</exception>
    public Task<byte[]> FetchManifestAsync(ImageReference reference, Digest digest, RegistryCredentials? credentials, CancellationToken cancellationToken) =>
        FirstAsync(reference, $"manifest {digest}", async host => Verified(
            await ReadManifestAsync(Manifest(host, reference, digest.ToString(), credentials), cancellationToken).ConfigureAwait(false), digest, "manifest"));

    /// <summary>As <see cref="FetchManifestAsync"/>, for a small blob.</summary>
    public Task<byte[]> FetchBlobAsync(ImageReference reference, Digest digest, RegistryCredentials? credentials, CancellationToken cancellationToken) =>
        FirstAsync(reference, $"blob {digest}", async host => Verified(
            await ReadManifestAsync(Blob(host, reference, digest, credentials), cancellationToken).ConfigureAwait(false), digest, "blob"));

    /// <summary>Streams a blob into a file, verifying size and digest on the way; constant memory, and a broken connection is resumed.</summary>
    /// <param name="reference">Names the repository.</param>
    /// <param name="digest">What it must be.</param>
    /// <param name="size">How many bytes it must have.</param>
    /// <param name="path">A new file; the caller removes it, also after a failure.</param>
    /// <param name="credentials">What may be shown to the registry.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ImageException">As for a request; or it isn't what was promised.</exception>
    public Task DownloadAsync(
        ImageReference reference, Digest digest, long size, string path, RegistryCredentials? credentials, CancellationToken cancellationToken) =>
        FirstAsync(reference, $"blob {digest}", async host =>
        {
            await using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            using IncrementalHash hash = IncrementalHash.CreateHash(digest.Algorithm);
            await CopyAsync(Blob(host, reference, digest, credentials), file, hash, size, cancellationToken).ConfigureAwait(false);
            if (digest.Finish(hash) is var actual && actual != digest)
            {
                throw new ImageException(ImageError.Corrupt, $"unexpected digest of blob {digest}: got {actual} from {host.Address}");
            }

            return true;
        });

    public void Dispose() => transport.Dispose();

    private static RegistryRequest Manifest(RegistryHost host, ImageReference reference, string name, RegistryCredentials? credentials) => new()
    {
        Host = host,
        Repository = reference.Repository,
        Path = $"manifests/{name}",
        Accept = MediaTypes.AcceptedManifests,
        Credentials = credentials,
    };

    private static RegistryRequest Blob(RegistryHost host, ImageReference reference, Digest digest, RegistryCredentials? credentials) => new()
    {
        Host = host,
        Repository = reference.Repository,
        Path = $"blobs/{digest}",
        Credentials = credentials,
    };

    private static byte[] Verified(byte[] content, Digest digest, string what) => digest.Matches(content)
        ? content
        : throw new ImageException(ImageError.Corrupt, $"unexpected digest of {what} {digest}: got {Digest.Of(content)}");

    private async Task<byte[]> ReadManifestAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource limit = new(options.StallTimeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await BoundedBody.ReadAsync(response.Content, MaxManifestBytes, request.Address.ToString(), either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ImageException(ImageError.Registry, $"failed to read {request.Address}: {e.Message}", e);
        }
    }

    private async Task CopyAsync(RegistryRequest request, FileStream file, IncrementalHash hash, long size, CancellationToken cancellationToken)
    {
        long done = 0;
        for (int failures = 0; done < size || size == 0;)
        {
            long before = done;
            try
            {
                using HttpResponseMessage response = await transport.SendAsync(request with { Offset = done }, cancellationToken).ConfigureAwait(false);
                await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                long skip = response.StatusCode == HttpStatusCode.PartialContent ? 0 : done;
                await foreach (ReadOnlyMemory<byte> part in PartsAsync(body, skip, cancellationToken).ConfigureAwait(false))
                {
                    if (done + part.Length > size)
                    {
                        throw new ImageException(ImageError.Corrupt, $"{request.Path} is larger than the {size} bytes that its manifest says");
                    }

                    hash.AppendData(part.Span);
                    await file.WriteAsync(part, cancellationToken).ConfigureAwait(false);
                    done += part.Length;
                }

                if (done < size)
                {
                    throw new ImageException(ImageError.Corrupt, $"{request.Path} has {done} bytes, its manifest says {size}");
                }

                return;
            }
            catch (Exception e) when (IsBroken(e, cancellationToken))
            {
                failures = done > before ? 1 : failures + 1;
                if (failures >= options.Attempts)
                {
                    throw new ImageException(ImageError.Registry, $"failed to read {request.Address}: connection broken after {done} of {size} bytes: {e.Message}", e);
                }
            }
        }
    }

    /// <summary>The body from byte <paramref name="skip"/> on. Each part is valid until the next is asked for.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> PartsAsync(
        Stream body, long skip, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        using CancellationTokenSource limit = new(options.StallTimeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (true)
            {
                limit.CancelAfter(options.StallTimeout);
                int count = await body.ReadAsync(buffer, either.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    yield break;
                }

                int drop = (int)Math.Min(skip, count);
                skip -= drop;
                if (count > drop)
                {
                    yield return buffer.AsMemory(drop, count - drop);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsBroken(Exception e, CancellationToken cancellationToken) =>
        e is HttpIOException or HttpRequestException
        || (e is IOException && e is not Linux.LinuxException && e.InnerException is System.Net.Sockets.SocketException)
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task<T> FirstAsync<T>(ImageReference reference, string what, Func<RegistryHost, Task<T>> ask)
    {
        List<(RegistryHost Host, ImageException Failure)> failures = [];
        foreach (RegistryHost host in RegistryHost.For(reference.Domain, options))
        {
            try
            {
                return await ask(host).ConfigureAwait(false);
            }
            catch (ImageException e) when (e.Error is ImageError.NotFound or ImageError.Denied or ImageError.Registry)
            {
                failures.Add((host, e));
            }
        }

        throw Summary(what, failures);
    }

    /// <summary>What all servers' failures come to: "not found" only if every one said so, else each with its reason, the registry's own first.</summary>
    private static ImageException Summary(string what, List<(RegistryHost Host, ImageException Failure)> failures)
    {
        if (failures.TrueForAll(failure => failure.Failure.Error == ImageError.NotFound))
        {
            return new ImageException(ImageError.NotFound, $"{what}: not found");
        }

        ImageException own = failures[^1].Failure;
        if (failures.Count == 1)
        {
            return own;
        }

        string others = string.Join("; ", failures.Take(failures.Count - 1).Select(failure => $"mirror {failure.Host.Address.Authority}: {Short(failure.Failure)}"));
        return new ImageException(own.Error, $"{Short(own)} ({others})", own);
    }

    private static string Short(ImageException failure) => failure.Error == ImageError.NotFound ? "not found" : failure.Message;
}
