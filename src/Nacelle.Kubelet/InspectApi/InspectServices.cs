using Microsoft.Extensions.Logging;
using Nacelle.Inspect.Processes;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubernetes.OpenApi;
using Nacelle.Linux.Cgroups;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>What the endpoints of the group share; one for the life of the kubelet.</summary>
internal sealed class InspectServices
{
    public required PodWorkerPool Pods { get; init; }

    public required InspectedContainers Containers { get; init; }

    public required ProcessIndex Index { get; init; }

    public required CgroupTree Cgroups { get; init; }

    public required ProcessFollower Follower { get; init; }

    public required PendingKills Kills { get; init; }

    public required UserNames Users { get; init; }

    public required EventRecorder Events { get; init; }

    public required OpenApiDocuments OpenApi { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
