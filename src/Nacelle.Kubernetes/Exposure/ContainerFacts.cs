using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>One container (or the host) as observer and target.</summary>
public sealed record ContainerFacts
{
    public required string Name { get; init; }

    /// <summary>Its processes, one for each distinct identity; from a manifest the one that it is started as. Empty: nothing of it runs.</summary>
    public required ImmutableArray<ProcessIdentity> Processes { get; init; }

    public ContainerContents Contents { get; init; } = ContainerContents.None;

    /// <summary>When it runs, so that an init container is not said to meet what starts after it.</summary>
    public ContainerTime Time { get; init; } = ContainerTime.Main;

    /// <summary>What can't be known of it before it runs; empty for nothing.</summary>
    public string Unknown { get; init; } = "";

    /// <summary>Capabilities that its manifest adds by name.</summary>
    public ulong Added { get; init; }

    /// <summary>Stands for every process of the machine outside of the Pod.</summary>
    public bool IsHost { get; init; }
}
