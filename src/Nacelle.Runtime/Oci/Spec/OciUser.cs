using System.Collections.Immutable;

namespace Nacelle.Runtime.Oci.Spec;

/// <summary>Who a process runs as, by number.</summary>
internal sealed record OciUser
{
    public required uint Uid { get; init; }

    public required uint Gid { get; init; }

    public ImmutableArray<uint> AdditionalGids { get; init; } = [];
}
