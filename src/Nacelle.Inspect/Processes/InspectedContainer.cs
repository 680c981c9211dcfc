namespace Nacelle.Inspect.Processes;

/// <summary>A running container, or the sandbox of a Pod, as something that holds processes.</summary>
public sealed record InspectedContainer
{
    /// <summary>The Pod it is of.</summary>
    public required InspectedPod Pod { get; init; }

    /// <summary>Its name in the Pod; empty for the sandbox.</summary>
    public required string Name { get; init; }

    /// <summary>The runtime's id of it.</summary>
    public required string Id { get; init; }

    public required ContainerKind Kind { get; init; }

    /// <summary>The PID of its first process on the host.</summary>
    public required int MainPid { get; init; }

    /// <summary>When that process started, in clock ticks since boot.</summary>
    public required long MainStartTicks { get; init; }

    /// <summary>Its control group, from the hierarchy's root.</summary>
    public required string CgroupPath { get; init; }

    /// <summary>How deep its PID namespace is: 0 is the host's own.</summary>
    public required int NamespaceDepth { get; init; }

    /// <summary>Inode number of its PID namespace: containers that share one have the same.</summary>
    public required ulong PidNamespace { get; init; }
}
