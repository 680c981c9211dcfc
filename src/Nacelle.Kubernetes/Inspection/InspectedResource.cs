using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Inspection;

/// <summary>One resource of the group as discovery names it.</summary>
/// <param name="Plural">As it stands in paths.</param>
/// <param name="Singular">What clients accept on the command line too.</param>
/// <param name="Kind">The kind of its objects; empty for one that has subresources only.</param>
/// <param name="ShortNames">Abbreviations.</param>
/// <param name="Verbs">What the resource itself takes; RBAC's rules name these.</param>
/// <param name="Subresources">The paths below an object.</param>
public sealed record InspectedResource(
    string Plural, string Singular, string Kind, ImmutableArray<string> ShortNames, ImmutableArray<string> Verbs,
    ImmutableArray<InspectedSubresource> Subresources);
