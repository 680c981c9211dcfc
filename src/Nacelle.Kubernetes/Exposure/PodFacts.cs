using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>A Pod as the audit sees it.</summary>
/// <param name="Name"><c>nginx</c>, or <c>Deployment/web</c> for a template.</param>
/// <param name="Sharing"><c>shareProcessNamespace</c>, <c>hostPID</c> or empty.</param>
/// <param name="Containers">All of them, and the host where the Pod runs in its PID namespace.</param>
public sealed record PodFacts(string Name, string Sharing, ImmutableArray<ContainerFacts> Containers)
{
    /// <summary>Yama's ptrace_scope; 0 where it is not known.</summary>
    public int PtraceScope { get; init; }

    /// <summary>Whether the facts are those of running processes.</summary>
    public bool IsLive { get; init; }
}
