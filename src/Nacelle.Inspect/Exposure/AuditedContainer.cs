namespace Nacelle.Inspect.Exposure;

/// <summary>What an audit is told of a container that runs.</summary>
/// <param name="Pids">Its processes on the host.</param>
/// <param name="Seccomp"><c>linux.seccomp</c> of its OCI runtime specification, a JSON object; null where it is not known or there is none.</param>
public sealed record AuditedContainer(IReadOnlyList<int> Pids, string? Seccomp = null);
