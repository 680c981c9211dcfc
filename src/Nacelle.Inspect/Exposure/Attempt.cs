using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Inspect.Exposure;

/// <summary>What a probe shall try on one process.</summary>
/// <param name="Target">Who.</param>
/// <param name="Pid">Its number in the observer's PID namespace.</param>
/// <param name="State">What the observer becomes first.</param>
internal sealed record Attempt(ExposedProcess Target, long Pid, ObserverState State);
