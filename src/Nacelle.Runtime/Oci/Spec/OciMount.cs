using System.Collections.Immutable;

namespace Nacelle.Runtime.Oci.Spec;

/// <summary>One mount, in order.</summary>
internal sealed record OciMount
{
    public required string Destination { get; init; }

    public string? Type { get; init; }

    public string? Source { get; init; }

    public ImmutableArray<string> Options { get; init; } = [];
}
