using System.Collections.Immutable;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>What to do next for a Pod, in the order of the members.</summary>
public sealed record PodPlan
{
    /// <summary>Stop every container and the sandbox.</summary>
    public bool KillPod { get; init; }

    /// <summary>There was a sandbox that is of no use any more (event SandboxChanged): it must go before a new one is made, or the Pod ends with it.</summary>
    public bool SandboxChanged { get; init; }

    public bool CreateSandbox { get; init; }

    /// <summary>Attempt number of the sandbox to create.</summary>
    public uint Attempt { get; init; }

    /// <summary>The sandbox to use when none is created.</summary>
    public string? SandboxId { get; init; }

    public ImmutableArray<ContainerToKill> Kill { get; init; } = [];

    /// <summary>Names, in the order of the spec.</summary>
    public ImmutableArray<string> StartEphemeral { get; init; } = [];

    /// <summary>Init containers to start: the next one in turn, and sidecars before it that have ended.</summary>
    public ImmutableArray<string> StartInit { get; init; } = [];

    public ImmutableArray<string> Start { get; init; } = [];

    /// <summary>Containers that would start but for their crash back-off.</summary>
    public ImmutableArray<BackingOff> BackingOff { get; init; } = [];

    /// <summary>Nothing to do.</summary>
    public bool IsEmpty => !KillPod && !CreateSandbox && Kill.IsEmpty && StartEphemeral.IsEmpty && StartInit.IsEmpty && Start.IsEmpty;
}
