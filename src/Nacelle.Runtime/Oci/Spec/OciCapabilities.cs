using System.Collections.Immutable;

namespace Nacelle.Runtime.Oci.Spec;

/// <summary>Capability sets by name (<c>CAP_CHOWN</c>).</summary>
internal sealed record OciCapabilities
{
    public ImmutableArray<string> Bounding { get; init; } = [];

    public ImmutableArray<string> Effective { get; init; } = [];

    public ImmutableArray<string> Permitted { get; init; } = [];

    public ImmutableArray<string> Inheritable { get; init; } = [];

    public ImmutableArray<string> Ambient { get; init; } = [];
}
