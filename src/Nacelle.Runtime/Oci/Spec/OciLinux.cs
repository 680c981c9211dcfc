using System.Collections.Immutable;

namespace Nacelle.Runtime.Oci.Spec;

/// <summary>The Linux part.</summary>
internal sealed record OciLinux
{
    public ImmutableArray<OciNamespace> Namespaces { get; init; } = [];

    public ImmutableArray<OciDevice> Devices { get; init; } = [];

    public string? CgroupsPath { get; init; }

    public OciResources? Resources { get; init; }

    public OciSeccomp? Seccomp { get; init; }

    public string? RootfsPropagation { get; init; }

    public ImmutableArray<string> MaskedPaths { get; init; } = [];

    public ImmutableArray<string> ReadonlyPaths { get; init; } = [];
}
