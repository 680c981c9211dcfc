using System.Collections.Concurrent;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>
/// Growing delays per key: none for the first failure, then <paramref name="first"/>, doubling to <paramref name="limit"/>. A key
/// that did not fail for twice the limit starts over. Kubernetes' values for containers and for image pulls are 10 s and 5 min.
/// </summary>
public sealed class CrashBackoff(TimeSpan first, TimeSpan limit, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>How long a start must still wait after a failure at <paramref name="failedAt"/>; zero when it may go on.</summary>
    public TimeSpan Remaining(string key, DateTimeOffset failedAt)
    {
        if (!_entries.TryGetValue(key, out var entry) || Expired(entry, failedAt))
        {
            return TimeSpan.Zero;
        }

        var remaining = failedAt + entry.Delay - time.GetUtcNow();
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    /// <summary>The delay that holds for the key now.</summary>
    public TimeSpan Delay(string key) => _entries.TryGetValue(key, out var entry) ? entry.Delay : TimeSpan.Zero;

    /// <summary>Something starts again after a failure at <paramref name="failedAt"/>: the next failure waits longer.</summary>
    public void Next(string key, DateTimeOffset failedAt) => _entries.AddOrUpdate(
        key,
        _ => new Entry(first, time.GetUtcNow()),
        (_, old) => Expired(old, failedAt)
            ? new Entry(first, time.GetUtcNow())
            : new Entry(old.Delay * 2 < limit ? old.Delay * 2 : limit, time.GetUtcNow()));

    public void Forget(string keyPrefix)
    {
        foreach (var key in _entries.Keys.Where(k => k.StartsWith(keyPrefix, StringComparison.Ordinal)))
        {
            _entries.TryRemove(key, out _);
        }
    }

    private bool Expired(Entry entry, DateTimeOffset failedAt) => failedAt - entry.UpdatedAt > limit * 2;

    private sealed record Entry(TimeSpan Delay, DateTimeOffset UpdatedAt);
}
