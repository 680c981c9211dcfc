using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nacelle.ApiServer.Storage;
using Nacelle.ApiServer.Watching;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>
/// <c>GET</c> of a collection with <c>watch</c>: the changes as they are made, until the time asked for is over, the
/// client leaves, the server stops, or the client is too slow.
/// </summary>
internal static class WatchEndpoint
{
    private const string TooOld = "The resourceVersion for the provided watch is too old.";

    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);

    public static async Task HandleAsync(ApiRequest request, ListOptions options, ItemSelector selector)
    {
        Representation representation = ContentNegotiation.ForWatch(request.Http.Request);
        if (representation.Transformation == Transformation.Table)
        {
            Tables.TableRequest.Read(request.Http.Request, representation);
        }

        bool initial = options.SendInitialEvents ?? options.Revision == 0;
        if (initial && options.Revision > 0)
        {
            await RevisionWait.UntilAsync(request, (ulong)options.Revision).ConfigureAwait(false);
        }

        HttpResponse response = request.Http.Response;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-cache, private";
        request.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var frames = new WatchFrames(request, representation, response.BodyWriter);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, request.Services.Stopping);
        ends.CancelAfter(options.Timeout ?? TimeSpan.FromMinutes(30 + (Random.Shared.NextDouble() * 30)));
        try
        {
            await FollowAsync(request, options, selector, frames, initial, ends.Token).ConfigureAwait(false);
        }
        catch (StoreExpiredException)
        {
            frames.Error(ApiStatusException.Expired(TooOld).Status.ToJson());
            await response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The time is over: the answer ends in order.
        }
    }

    private static async Task FollowAsync(
        ApiRequest request, ListOptions options, ItemSelector selector, WatchFrames frames, bool initial, CancellationToken cancellationToken)
    {
        ObjectStore store = request.Services.Store;
        KeyRange keys = selector.Keys(request.Path);
        long after = options.Revision > 0 ? options.Revision : store.Revision;
        if (initial)
        {
            ListPage page = store.List(request.Type.StorageKind, keys);
            after = page.Revision;
            foreach (StoredObject item in page.Items.Where(i => selector.Matches(i.Key, i.Json)))
            {
                frames.Event("ADDED", item.Json);
                await FlushIfLargeAsync(request, cancellationToken).ConfigureAwait(false);
            }

            if (options.SendInitialEvents == true && options.AllowBookmarks)
            {
                frames.Bookmark(after, initialEnd: true);
            }
        }

        using WatchSubscription subscription = store.Watch(request.Type.StorageKind, keys, after);
        foreach (LogEntry entry in subscription.Backlog ?? [])
        {
            Write(frames, selector, entry);
            await FlushIfLargeAsync(request, cancellationToken).ConfigureAwait(false);
        }

        await request.Http.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        await FollowLiveAsync(request, options, selector, frames, subscription, cancellationToken).ConfigureAwait(false);
    }

    private static async Task FollowLiveAsync(
        ApiRequest request, ListOptions options, ItemSelector selector, WatchFrames frames, WatchSubscription subscription, CancellationToken cancellationToken)
    {
        using var bookmark = new PeriodicTimer(BookmarkInterval, request.Services.Clock);
        Task<bool> tick = bookmark.WaitForNextTickAsync(cancellationToken).AsTask();
        while (true)
        {
            Task<bool> more = subscription.Live.WaitToReadAsync(cancellationToken).AsTask();
            if (await Task.WhenAny(more, tick).ConfigureAwait(false) == tick && !more.IsCompleted)
            {
                await tick.ConfigureAwait(false);
                tick = bookmark.WaitForNextTickAsync(cancellationToken).AsTask();
                if (options.AllowBookmarks && subscription.SettledRevision() is { } revision)
                {
                    frames.Bookmark(revision, initialEnd: false);
                    await request.Http.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            if (!await more.ConfigureAwait(false))
            {
                return;
            }

            while (subscription.Live.TryRead(out LogEntry? entry))
            {
                Write(frames, selector, entry);
                await FlushIfLargeAsync(request, cancellationToken).ConfigureAwait(false);
            }

            await request.Http.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A change of an object can bring it into, or out of, what a selector shows.</summary>
    private static void Write(WatchFrames frames, ItemSelector selector, LogEntry entry)
    {
        StoredObject item = entry.Item;
        bool before = entry.PreviousRevision != 0
            && selector.Matches(item.Key, entry.PreviousJson ?? item.Json);
        bool now = !entry.Deleted && selector.Matches(item.Key, item.Json);
        switch (before, now)
        {
            case (false, true):
                frames.Event("ADDED", item.Json);
                break;
            case (true, true):
                frames.Event("MODIFIED", item.Json);
                break;
            case (true, false):
                byte[] last = entry.Deleted ? item.Json : StoredJson.WithRevision(entry.PreviousJson ?? item.Json, item.Revision);
                frames.Event("DELETED", last);
                break;
        }
    }

    private static async ValueTask FlushIfLargeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (request.Http.Response.BodyWriter.UnflushedBytes > 64 * 1024)
        {
            await request.Http.Response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
