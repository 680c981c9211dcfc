using System.Collections.Immutable;

namespace Nacelle.Inspect.Health;

/// <summary>What one look at a Pod's processes showed.</summary>
public sealed record HealthSample
{
    /// <summary>Processes that have ended and are not reaped.</summary>
    public ImmutableArray<UnreapedProcess> Unreaped { get; init; } = [];

    /// <summary>Processes of containers whose parent is <c>/pause</c>, which adopted them when theirs ended.</summary>
    public ImmutableArray<HealthProcess> Adopted { get; init; } = [];

    /// <summary>Of each group that has a limit.</summary>
    public ImmutableArray<PidUse> PidUses { get; init; } = [];
}
