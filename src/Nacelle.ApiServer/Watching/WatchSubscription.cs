using System.Threading.Channels;
using Nacelle.ApiServer.Storage;

namespace Nacelle.ApiServer.Watching;

/// <summary>
/// One watcher's queue. It is bounded: a watcher that does not keep up is ended with <see cref="StoreExpiredException"/>
/// rather than slowing the writer, and starts again from a list.
/// </summary>
public sealed class WatchSubscription : IDisposable
{
    private const int Capacity = 1024;

    private readonly Channel<LogEntry> queue = Channel.CreateBounded<LogEntry>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly WatchHub hub;
    private readonly string kind;
    private readonly KeyRange keys;
    private readonly long after;

    internal WatchSubscription(WatchHub hub, string kind, KeyRange keys, long after)
    {
        this.hub = hub;
        this.kind = kind;
        this.keys = keys;
        this.after = after;
    }

    /// <summary>What was written between the revision asked for and the subscription, oldest first; null for nothing.</summary>
    public IReadOnlyList<LogEntry>? Backlog { get; internal set; }

    /// <summary>What is written after that. Completes with an error when the watcher fell behind, without one when the store closes.</summary>
    public ChannelReader<LogEntry> Live => queue.Reader;

    /// <summary>The latest revision of the store if this watcher has been given everything up to it; null while something waits.</summary>
    public long? SettledRevision() => hub.Settled(() => queue.Reader.Count == 0);

    public void Dispose() => hub.Remove(this);

    internal bool Wants(LogEntry entry) => entry.Item.Revision > after && entry.Kind == kind && keys.Contains(entry.Item.Key);

    internal bool Offer(LogEntry entry) => queue.Writer.TryWrite(entry);

    internal void End(Exception? error) => queue.Writer.TryComplete(error);
}
