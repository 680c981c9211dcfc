namespace Nacelle.Kubernetes.Client;

/// <summary>What we read of a <c>Status</c> object.</summary>
internal sealed record StatusFrame(string? Message, string? Reason, int? Code);
