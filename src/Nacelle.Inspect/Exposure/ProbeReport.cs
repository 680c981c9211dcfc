using System.Collections.Concurrent;

namespace Nacelle.Inspect.Exposure;

/// <summary>All that was tried for a Pod. Filled by several probes at once.</summary>
internal sealed class ProbeReport
{
    private readonly ConcurrentBag<TriedPair> _tried = [];
    private readonly ConcurrentDictionary<int, string> _untried = [];

    public IEnumerable<TriedPair> Tried => _tried;

    public void Add(TriedPair pair) => _tried.Add(pair);

    public void AddUntried(int observerPid, string reason) => _untried[observerPid] = reason;

    /// <summary>Why nothing was tried as that process; null where something was, or there was nothing to try.</summary>
    public string? WhyUntried(int observerPid) => _untried.GetValueOrDefault(observerPid);
}
