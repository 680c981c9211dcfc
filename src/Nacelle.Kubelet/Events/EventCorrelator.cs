namespace Nacelle.Kubelet.Events;

/// <summary>
/// Counts repeated events on one object, and stops an object that floods: a burst of 25, then one every five minutes (the values of
/// Kubernetes' recorder). Knows at most 1024 events, and then starts over; not thread-safe.
/// </summary>
internal sealed class EventCorrelator(TimeProvider time)
{
    private const int Remembered = 1024;
    private const double Burst = 25;
    private static readonly TimeSpan Refill = TimeSpan.FromMinutes(5);

    private readonly Dictionary<EventKey, Record> _records = [];
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    public EventVerdict Judge(EventKey key)
    {
        var now = time.GetUtcNow();
        if (!TakeToken(key.ObjectUid, now))
        {
            return new EventVerdict(true, null, 0, now);
        }

        if (_records.TryGetValue(key, out var record))
        {
            record.Count++;
            return new EventVerdict(false, record.Name, record.Count, record.First);
        }

        if (_records.Count >= Remembered)
        {
            _records.Clear();
            _buckets.Clear();
        }

        _records[key] = new Record { Name = null, Count = 1, First = now };
        return new EventVerdict(false, null, 1, now);
    }

    /// <summary>The event was created under this name, or (null) could not be, or was deleted: count anew.</summary>
    public void Created(EventKey key, string? name)
    {
        if (name is null)
        {
            _records.Remove(key);
        }
        else if (_records.TryGetValue(key, out var record))
        {
            record.Name = name;
        }
    }

    private bool TakeToken(string uid, DateTimeOffset now)
    {
        if (!_buckets.TryGetValue(uid, out var bucket))
        {
            _buckets[uid] = bucket = new Bucket { Tokens = Burst, At = now };
        }

        bucket.Tokens = Math.Min(Burst, bucket.Tokens + ((now - bucket.At) / Refill));
        bucket.At = now;
        if (bucket.Tokens < 1)
        {
            return false;
        }

        bucket.Tokens--;
        return true;
    }

    private sealed class Record
    {
        public string? Name { get; set; }

        public int Count { get; set; }

        public DateTimeOffset First { get; init; }
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }

        public DateTimeOffset At { get; set; }
    }
}
