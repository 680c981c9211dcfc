using System.Collections.Concurrent;

namespace Nacelle.Inspect.Exposure;

/// <summary>All that was tried for a Pod. Filled by several probes at once.</summary>
internal sealed class ProbeReport
{
    private readonly ConcurrentBag<TriedPair> _tried = [];
    private readonly ConcurrentDictionary<int, string> _untried = [];
    private readonly ConcurrentDictionary<(int Observer, int Target), bool> _changed = [];

    public IEnumerable<TriedPair> Tried => _tried;

    public void Add(TriedPair pair) => _tried.Add(pair);

    /// <summary>The target became another one while it was tried: what came out is not told.</summary>
    public void AddChanged(int observerPid, int targetPid) => _changed[(observerPid, targetPid)] = true;

    public bool HasChanged(int observerPid, int targetPid) => _changed.ContainsKey((observerPid, targetPid));

    public void AddUntried(int observerPid, string reason) => _untried[observerPid] = reason;

    /// <summary>Why nothing was tried as that process; null where something was, or there was nothing to try.</summary>
    public string? WhyUntried(int observerPid) => _untried.GetValueOrDefault(observerPid);
}
