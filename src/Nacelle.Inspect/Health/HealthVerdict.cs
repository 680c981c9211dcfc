using System.Collections.Immutable;

namespace Nacelle.Inspect.Health;

/// <summary>What follows from a look.</summary>
/// <param name="State">For the next one.</param>
/// <param name="News">Problems that were not there before: each is told once.</param>
public sealed record HealthVerdict(HealthState State, ImmutableArray<HealthProblem> News);
