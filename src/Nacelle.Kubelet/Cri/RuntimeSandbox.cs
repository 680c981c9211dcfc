using System.Collections.Immutable;
using Runtime.V1;

namespace Nacelle.Kubelet.Cri;

/// <summary>One sandbox of a Pod as the runtime reports it.</summary>
public sealed record RuntimeSandbox
{
    public required string Id { get; init; }

    /// <summary>0 for the first sandbox of a Pod, one more for each re-creation.</summary>
    public uint Attempt { get; init; }

    public bool Ready { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The Pod's addresses, the primary one first; empty with the host's network.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    public NamespaceMode Network { get; init; }

    /// <summary>The verbose map: only what the runtime chose to add.</summary>
    public ImmutableDictionary<string, string> Info { get; init; } = ImmutableDictionary<string, string>.Empty;
}
