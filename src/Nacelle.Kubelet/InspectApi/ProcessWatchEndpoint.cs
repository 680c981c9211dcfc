using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>
/// A watch of processes: what is there unless the client knows it, then what changes, until the time asked for is over, the client leaves, the kubelet
/// stops, or the client is so slow that the log went past it (410: list again).
/// </summary>
internal static class ProcessWatchEndpoint
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);

    public static async Task HandleAsync(InspectRequest request, ProcessQuery query)
    {
        var services = request.Services;
        using var following = services.Follower.Follow();
        var initial = query.SendInitialEvents ?? query.Revision is null or 0;
        var after = query.Revision ?? 0;
        IReadOnlyList<IndexedProcess> present = [];
        if (initial)
        {
            (present, after) = await ProcessListEndpoint.LookAsync(request, query).ConfigureAwait(false);
            ProcessListEndpoint.CheckRevision(query, after);
        }

        var response = request.Http.Response;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-cache, private";
        request.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var frames = new Frames(request, query);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, request.Stopping);
        ends.CancelAfter(query.Timeout ?? TimeSpan.FromMinutes(30 + (Random.Shared.NextDouble() * 30)));
        try
        {
            foreach (var item in present.Where(item => query.Matches(request, item)))
            {
                frames.Event("ADDED", item);
            }

            if (query.SendInitialEvents == true && query.AllowBookmarks)
            {
                frames.Bookmark(after, initialEnd: true);
            }

            await response.StartAsync(ends.Token).ConfigureAwait(false);
            await frames.FlushAsync(ends.Token).ConfigureAwait(false);
            await FollowAsync(request, query, frames, after, ends.Token).ConfigureAwait(false);
        }
        catch (RevisionUnknownException e)
        {
            frames.Error(ApiStatusException.Expired(e.Message).Status);
            await frames.FlushAsync(request.Aborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The time is over: the answer ends in order.
        }
    }

    private static async Task FollowAsync(InspectRequest request, ProcessQuery query, Frames frames, long after, CancellationToken cancellationToken)
    {
        var time = request.Services.Time;
        var bookmarked = time.GetTimestamp();
        while (true)
        {
            var (changes, more) = request.Services.Index.Since(after);
            foreach (var change in changes)
            {
                Write(request, query, frames, change);
                after = change.Revision;
            }

            if (query.AllowBookmarks && time.GetElapsedTime(bookmarked) > BookmarkInterval)
            {
                frames.Bookmark(after, initialEnd: false);
                bookmarked = time.GetTimestamp();
            }

            await frames.FlushAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAny(more, Task.Delay(BookmarkInterval, time, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A change can bring a process into, or out of, what a selector shows.</summary>
    private static void Write(InspectRequest request, ProcessQuery query, Frames frames, ProcessChange change)
    {
        var before = change.Before is { } old && query.Matches(request, old);
        var now = change.After is { } present && query.Matches(request, present);
        if (now)
        {
            frames.Event(before ? "MODIFIED" : "ADDED", change.After!);
        }
        else if (before)
        {
            frames.Event("DELETED", change.Before! with { Revision = change.Revision });
        }
    }

    /// <summary>The frames of one watch: a line of JSON an event.</summary>
    private sealed class Frames(InspectRequest request, ProcessQuery query)
    {
        private readonly ArrayBufferWriter<byte> _buffer = new();
        private bool _columnsSent;

        public void Event(string type, IndexedProcess item) => Line(type, writer =>
        {
            if (!query.Table)
            {
                ProcessJson.Write(writer, item, request.Services.Users);
                return;
            }

            writer.WriteStartObject();
            writer.WriteString("kind"u8, "Table");
            writer.WriteString("apiVersion"u8, "meta.k8s.io/v1");
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("resourceVersion"u8, item.Revision.ToString(CultureInfo.InvariantCulture));
            writer.WriteEndObject();
            Columns(writer);
            writer.WriteStartArray("rows"u8);
            ProcessTable.WriteRow(writer, item, request.Services, query.IncludeObject);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });

        public void Bookmark(long revision, bool initialEnd) => Line("BOOKMARK", writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, query.Table ? "Table" : InspectGroup.ProcessKind);
            writer.WriteString("apiVersion"u8, query.Table ? "meta.k8s.io/v1" : InspectGroup.ApiVersion);
            if (query.Table)
            {
                writer.WriteStartObject("metadata"u8);
                writer.WriteString("resourceVersion"u8, revision.ToString(CultureInfo.InvariantCulture));
                writer.WriteEndObject();
                Columns(writer);
                writer.WriteStartArray("rows"u8);
                writer.WriteStartObject();
                writer.WriteNull("cells"u8);
                writer.WriteStartObject("object"u8);
                writer.WriteString("kind"u8, "PartialObjectMetadata");
                writer.WriteString("apiVersion"u8, "meta.k8s.io/v1");
                Metadata(writer, revision, initialEnd);
                writer.WriteEndObject();
                writer.WriteEndObject();
                writer.WriteEndArray();
            }
            else
            {
                Metadata(writer, revision, initialEnd);
            }

            writer.WriteEndObject();
        });

        public void Error(ApiStatus status) => Line("ERROR", writer => status.ToJson().WriteTo(writer));

        public async Task FlushAsync(CancellationToken cancellationToken)
        {
            if (_buffer.WrittenCount > 0)
            {
                await request.Http.Response.Body.WriteAsync(_buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
                _buffer.ResetWrittenCount();
            }

            await request.Http.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        private static void Metadata(Utf8JsonWriter writer, long revision, bool initialEnd)
        {
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("resourceVersion"u8, revision.ToString(CultureInfo.InvariantCulture));
            writer.WriteNull("creationTimestamp"u8);
            if (initialEnd)
            {
                writer.WriteStartObject("annotations"u8);
                writer.WriteString("k8s.io/initial-events-end"u8, "true"u8);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        private void Columns(Utf8JsonWriter writer)
        {
            if (!_columnsSent)
            {
                ProcessTable.WriteColumns(writer);
                _columnsSent = true;
            }
        }

        private void Line(string type, Action<Utf8JsonWriter> write)
        {
            using (var writer = new Utf8JsonWriter(_buffer, ProcessJson.Options))
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, type);
                writer.WritePropertyName("object"u8);
                write(writer);
                writer.WriteEndObject();
            }

            _buffer.Write("\n"u8);
        }
    }
}
