using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Inspect.Exposure;

/// <summary>What one process, in one state, could do to another.</summary>
/// <param name="Filtered">The refusals that its seccomp filter alone brings about: without it the same access was open.</param>
internal sealed record TriedPair(
    ExposedProcess Observer, ExposedProcess Target, ObserverState State, IReadOnlyDictionary<Access, AttemptOutcome> Outcomes,
    IReadOnlySet<Access> Filtered);
