namespace Nacelle.Kubernetes.Exposure;

/// <summary>What the rules say of one access.</summary>
/// <param name="Rule">The row that decided.</param>
/// <param name="State">The observer when it has the access, with the steps that lead there; its present state when it has not.</param>
public sealed record AccessVerdict(Allowed Allowed, AccessRule Rule, ObserverState State);
