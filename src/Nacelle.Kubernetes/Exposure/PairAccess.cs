namespace Nacelle.Kubernetes.Exposure;

/// <summary>What the rules say of one access between two processes.</summary>
internal sealed record PairAccess(AccessVerdict Verdict, ProcessIdentity Observer, ProcessIdentity Target);
