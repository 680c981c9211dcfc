using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Inspect.Exposure;

/// <summary>What one process, in one state, could do to another.</summary>
internal sealed record TriedPair(
    ExposedProcess Observer, ExposedProcess Target, ObserverState State, IReadOnlyDictionary<Access, AttemptOutcome> Outcomes);
