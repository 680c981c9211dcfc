using Nacelle.ApiServer.Storage;

namespace Nacelle.ApiServer.Watching;

/// <summary>
/// Hands every committed write to whoever watches its kind, in the order of revisions, and remembers the last of them so
/// that a watch that starts a little in the past needs no query.
/// </summary>
internal sealed class WatchHub(long revision) : IDisposable
{
    private const int MaxRecentEntries = 1024;
    private const long MaxRecentBytes = 2 * 1024 * 1024;

    private readonly object gate = new();
    private readonly Queue<LogEntry> recent = new();
    private readonly List<WatchSubscription> subscriptions = [];
    private long recentBytes;

    // Everything after this revision is in `recent`.
    private long recentAfter = revision;
    private long published = revision;
    private bool closed;

    public long Revision => Volatile.Read(ref published);

    public void Publish(IReadOnlyList<LogEntry> entries)
    {
        lock (gate)
        {
            foreach (LogEntry entry in entries)
            {
                Remember(entry);
                Volatile.Write(ref published, entry.Item.Revision);
                for (int i = subscriptions.Count - 1; i >= 0; i--)
                {
                    WatchSubscription subscription = subscriptions[i];
                    if (subscription.Wants(entry) && !subscription.Offer(entry))
                    {
                        subscriptions.RemoveAt(i);
                        subscription.End(new StoreExpiredException(entry.Item.Revision, entry.Item.Revision));
                    }
                }
            }
        }
    }

    /// <param name="kind">Name of the store.</param>
    /// <param name="keys">Which keys.</param>
    /// <param name="after">The last revision that the watcher has seen.</param>
    /// <param name="upTo">The revision from which on the live queue has everything.</param>
    public WatchSubscription Subscribe(string kind, KeyRange keys, long after, out long upTo)
    {
        var subscription = new WatchSubscription(this, kind, keys, after);
        lock (gate)
        {
            upTo = published;
            if (closed)
            {
                subscription.End(null);
                return subscription;
            }

            if (after >= recentAfter)
            {
                subscription.Backlog = [.. recent.Where(subscription.Wants)];
            }

            subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <summary>Drops what was compacted from memory, too, so that an expired revision is refused wherever it is asked for.</summary>
    public void Forget(long upTo)
    {
        lock (gate)
        {
            while (recent.TryPeek(out LogEntry? first) && first.Item.Revision <= upTo)
            {
                Drop();
            }

            recentAfter = Math.Max(recentAfter, Math.Min(upTo, published));
        }
    }

    public long? Settled(Func<bool> isEmpty)
    {
        lock (gate)
        {
            return isEmpty() ? published : null;
        }
    }

    public void Remove(WatchSubscription subscription)
    {
        lock (gate)
        {
            subscriptions.Remove(subscription);
        }

        subscription.End(null);
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            foreach (WatchSubscription subscription in subscriptions)
            {
                subscription.End(null);
            }

            subscriptions.Clear();
        }
    }

    private void Remember(LogEntry entry)
    {
        recent.Enqueue(entry);
        recentBytes += Size(entry);
        while (recent.Count > MaxRecentEntries || (recentBytes > MaxRecentBytes && recent.Count > 1))
        {
            Drop();
        }
    }

    private void Drop()
    {
        LogEntry dropped = recent.Dequeue();
        recentBytes -= Size(dropped);
        recentAfter = dropped.Item.Revision;
    }

    private static long Size(LogEntry entry) => entry.Item.Json.Length + (entry.PreviousJson?.Length ?? 0);
}
