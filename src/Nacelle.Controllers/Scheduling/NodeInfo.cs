using k8s.Models;

namespace Nacelle.Controllers.Scheduling;

/// <summary>One node and the Pods that take room on it: bound to it, or assumed to be, and neither Succeeded nor Failed.</summary>
public sealed record NodeInfo(V1Node Node, IReadOnlyList<V1Pod> Pods)
{
    public string Name => Node.Metadata.Name;
}
