using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.Probes;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>What all Pod workers share.</summary>
public sealed record PodServices
{
    public required KubeletOptions Options { get; init; }

    public required KubernetesApi Api { get; init; }

    public required CriClient Cri { get; init; }

    public required RuntimeReader Reader { get; init; }

    public required EventRecorder Events { get; init; }

    public required ImagePuller Images { get; init; }

    /// <summary>Crash back-off of containers.</summary>
    public required CrashBackoff Backoff { get; init; }

    public required PodPaths Paths { get; init; }

    public required PodPreparation Preparation { get; init; }

    public required ContainerActions Actions { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>As the runtime names itself; prefixes container ids.</summary>
    public required string RuntimeName { get; init; }

    public required ImmutableArray<string> HostAddresses { get; init; }

    public TimeProvider Time => Options.TimeProvider;
}
