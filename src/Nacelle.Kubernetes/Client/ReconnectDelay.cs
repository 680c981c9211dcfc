namespace Nacelle.Kubernetes.Client;

/// <summary>How long to wait before the next attempt: doubles from the first delay up to a limit, with a tenth of jitter.</summary>
public sealed class ReconnectDelay(TimeSpan first, TimeSpan limit)
{
    private TimeSpan? _last;

    /// <summary>An attempt succeeded: start over.</summary>
    public void Reset() => _last = null;

    public TimeSpan Next()
    {
        var delay = _last is not { } last ? first : last * 2 < limit ? last * 2 : limit;
        _last = delay;
        return delay * (1 + (Random.Shared.NextDouble() / 10));
    }
}
