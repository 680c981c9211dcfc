using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Inspect.Health;
using Nacelle.Kubelet.Cri;

namespace Nacelle.Kubelet.Status;

/// <summary>All that <see cref="PodStatusBuilder"/> builds a status from.</summary>
public sealed record PodStatusInput
{
    /// <summary>The Pod with the status last known; times of unchanged conditions are kept from it.</summary>
    public required V1Pod Pod { get; init; }

    public required RuntimePod Runtime { get; init; }

    /// <summary>Why a container that should run does not, by name.</summary>
    public ImmutableDictionary<string, WaitingReason> Waiting { get; init; } = ImmutableDictionary<string, WaitingReason>.Empty;

    /// <summary>Containers whose readiness probe has not succeeded (yet); one without a probe is ready while it runs.</summary>
    public ImmutableHashSet<string> NotReady { get; init; } = [];

    /// <summary>Containers whose startup probe has not succeeded yet.</summary>
    public ImmutableHashSet<string> NotStarted { get; init; } = [];

    /// <summary>Ids of containers that were killed in order to run again: they wait, they have not ended.</summary>
    public ImmutableHashSet<string> Killed { get; init; } = [];

    /// <summary>Conditions that others own; null takes them from the Pod's status.</summary>
    public ImmutableArray<V1PodCondition>? Foreign { get; init; }

    /// <summary>The Pod is ended for good: what is not known to have exited will not be started.</summary>
    public bool Ended { get; init; }

    /// <summary>Set when the Pod as a whole failed, for example past its activeDeadlineSeconds.</summary>
    public WaitingReason? Failure { get; init; }

    /// <summary>The node's addresses, the primary one first.</summary>
    public ImmutableArray<string> HostAddresses { get; init; } = [];

    /// <summary>The runtime's name, which prefixes container ids.</summary>
    public string RuntimeName { get; init; } = "nacelle";

    /// <summary>What is known of the health of the Pod's processes; null keeps what the status says.</summary>
    public HealthCondition? ProcessHealth { get; init; }

    public DateTimeOffset Now { get; init; }
}
