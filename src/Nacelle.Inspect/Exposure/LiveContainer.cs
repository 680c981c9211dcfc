using System.Collections.Immutable;
using Nacelle.Linux.Processes;

namespace Nacelle.Inspect.Exposure;

/// <summary>A container (or the host) with one process for each distinct identity among its own.</summary>
internal sealed record LiveContainer(string Name, ImmutableArray<ExposedProcess> Processes, ContainerFilter Filter)
{
    /// <summary>How many more distinct identities it has than are looked at.</summary>
    public int LeftOut { get; private init; }

    /// <param name="name">Its name.</param>
    /// <param name="container">Its processes; those that have ended are left out.</param>
    /// <param name="most">How many distinct identities are looked at.</param>
    /// <param name="programs">Seccomp filters by profile.</param>
    public static LiveContainer Read(string name, AuditedContainer container, int most, Dictionary<string, byte[]> programs)
    {
        ExposedProcess[] distinct = [.. container.Pids.Select(ExposedProcess.TryRead).OfType<ExposedProcess>().DistinctBy(process => process.Key)];
        return new(name, [.. distinct.Take(most)], ContainerFilter.Of(container.Seccomp, distinct, programs))
        {
            // The files of a process whose first thread has ended tell too little to judge it.
            LeftOut = Math.Max(0, distinct.Length - most) + container.Pids.Count(pid => ProcessFacts.TryRead(pid) is { IsZombie: true, HasEnded: false }),
        };
    }
}
