using System.Collections.Immutable;

namespace Nacelle.Inspect.Exposure;

/// <summary>A container (or the host) with one process for each distinct identity among its own.</summary>
internal sealed record LiveContainer(string Name, ImmutableArray<ExposedProcess> Processes)
{
    /// <summary>How many more distinct identities it has than are looked at.</summary>
    public int LeftOut { get; private init; }

    /// <param name="name">Its name.</param>
    /// <param name="pids">Its processes on the host; those that have ended are left out.</param>
    /// <param name="most">How many distinct identities are looked at.</param>
    public static LiveContainer Read(string name, IEnumerable<int> pids, int most)
    {
        ExposedProcess[] distinct = [.. pids.Select(ExposedProcess.TryRead).OfType<ExposedProcess>().DistinctBy(process => process.Identity.Key)];
        return new(name, [.. distinct.Take(most)]) { LeftOut = Math.Max(0, distinct.Length - most) };
    }
}
