using System.Collections.Immutable;

namespace Nacelle.Inspect.Health;

/// <summary>What is remembered of a Pod between two looks.</summary>
public sealed record HealthState
{
    public static HealthState Empty { get; } = new();

    /// <summary>When each process was first seen unreaped or adopted, by host PID and start.</summary>
    public ImmutableDictionary<(int HostPid, long StartTicks), DateTimeOffset> FirstSeen { get; init; } = ImmutableDictionary<(int, long), DateTimeOffset>.Empty;

    /// <summary>Failed forks so far, by container; empty for the Pod.</summary>
    public ImmutableDictionary<string, long> MaxHits { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>The problems that are there, by what they are about, and when each was last seen.</summary>
    public ImmutableSortedDictionary<string, (HealthProblem Problem, DateTimeOffset LastSeen)> Problems { get; init; } =
        ImmutableSortedDictionary.Create<string, (HealthProblem, DateTimeOffset)>(StringComparer.Ordinal);

    /// <summary>The condition as it stands; null while nothing was ever wrong.</summary>
    public HealthCondition? Condition { get; init; }

    /// <summary>When something was last wrong, or this memory began.</summary>
    public DateTimeOffset? TroubleAt { get; init; }
}
