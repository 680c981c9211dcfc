using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Inspection;

/// <summary>A path below an object of the group.</summary>
/// <param name="Name">Last part of the path.</param>
/// <param name="Kind">Kind of what it takes and gives.</param>
/// <param name="Verbs">What it takes; RBAC's rules name these.</param>
public sealed record InspectedSubresource(string Name, string Kind, ImmutableArray<string> Verbs);
