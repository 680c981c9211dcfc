using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Kubelet.Cri;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>All that <see cref="PodPlanner"/> decides from.</summary>
public sealed record PodPlanInput
{
    public required V1Pod Pod { get; init; }

    public required RuntimePod Runtime { get; init; }

    /// <summary>How long each container that may be restarted must still wait; a name that is absent waits no more.</summary>
    public ImmutableDictionary<string, TimeSpan> Backoff { get; init; } = ImmutableDictionary<string, TimeSpan>.Empty;

    /// <summary>Running containers whose startup probe has not succeeded yet.</summary>
    public ImmutableHashSet<string> NotStarted { get; init; } = [];

    /// <summary>Ephemeral containers that may not start, by name.</summary>
    public ImmutableHashSet<string> Held { get; init; } = [];

    /// <summary>Ids of containers that were killed in order to run again: their exit codes do not count.</summary>
    public ImmutableHashSet<string> Killed { get; init; } = [];

    /// <summary>Running containers that a probe gave up, with the sentence that says so.</summary>
    public ImmutableDictionary<string, string> Unhealthy { get; init; } = ImmutableDictionary<string, string>.Empty;
}
