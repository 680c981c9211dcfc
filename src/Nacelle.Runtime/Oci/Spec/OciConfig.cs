using System.Collections.Immutable;

namespace Nacelle.Runtime.Oci.Spec;

/// <summary>The OCI runtime specification's <c>config.json</c>, as far as this runtime writes it.</summary>
internal sealed record OciConfig
{
    public string OciVersion { get; init; } = "1.0.2";

    public required OciProcess Process { get; init; }

    public required OciRoot Root { get; init; }

    public string? Hostname { get; init; }

    public ImmutableArray<OciMount> Mounts { get; init; } = [];

    public required OciLinux Linux { get; init; }

    public ImmutableSortedDictionary<string, string>? Annotations { get; init; }
}
