using System.Collections.Immutable;

namespace Nacelle.Inspect.Exposure;

/// <summary>A container (or the host) with one process for each distinct identity among its own.</summary>
internal sealed record LiveContainer(string Name, ImmutableArray<ExposedProcess> Processes)
{
    // A container that makes itself ever new identities must not make the audit's work grow without bound.
    private const int MaxIdentities = 8;

    /// <summary>How many more distinct identities it has than are looked at.</summary>
    public int LeftOut { get; private init; }

    public static LiveContainer Read(string name, IEnumerable<int> pids)
    {
        ExposedProcess[] distinct = [.. pids.Select(ExposedProcess.TryRead).OfType<ExposedProcess>().DistinctBy(process => process.Identity.Key)];
        return new(name, [.. distinct.Take(MaxIdentities)]) { LeftOut = Math.Max(0, distinct.Length - MaxIdentities) };
    }
}
