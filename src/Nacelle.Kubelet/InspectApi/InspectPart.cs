using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nacelle.Inspect.Processes;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubernetes.Inspection;
using Nacelle.Kubernetes.OpenApi;
using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Netlink;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>The group <c>inspect.nacelle.dev</c> as one part of the kubelet: what it keeps, and its end.</summary>
internal sealed class InspectPart : IAsyncDisposable
{
    private readonly ProcessFollower _follower;
    private readonly PendingKills _kills;
    private readonly InspectEndpoints _endpoints;

    public InspectPart(KubeletOptions options, CgroupTree cgroups, PodWorkerPool pods, CriClient cri, EventRecorder events, ILogger logger)
    {
        var time = options.TimeProvider;
        Containers = new InspectedContainers(cri, cgroups);
        var index = new ProcessIndex(cgroups, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10);
        var podsRoot = options.ManageCgroups ? options.CgroupRoot : "/";
        _follower = new ProcessFollower(
            cancellationToken => Containers.ListAsync(pods.Pods, cancellationToken), pid => Containers.FindPodUid(pid, podsRoot), index,
            ProcessConnector.TryOpen, time, logger);
        _kills = new PendingKills(
            new KillOrderFiles(Path.Combine(options.StateDirectory, "process-kills")), order => ProcessEvents.Killed(events, order), time, logger);
        _kills.Resume();
        _endpoints = new InspectEndpoints(new InspectServices
        {
            Pods = pods,
            Containers = Containers,
            Index = index,
            Cgroups = cgroups,
            Follower = _follower,
            Kills = _kills,
            Users = new UserNames(time),
            Events = events,
            OpenApi = new OpenApiDocuments(options.Version, InspectGroup.Resources),
            Time = time,
            Logger = logger,
        });
    }

    public InspectedContainers Containers { get; }

    /// <summary>The runtime tells that something of a Pod changed.</summary>
    public void Wake() => _follower.Wake();

    /// <param name="http">A request below <c>/apis</c> or <c>/openapi</c>.</param>
    /// <param name="stopping">Cancelled when the kubelet stops: a watch must then end.</param>
    public Task HandleAsync(HttpContext http, CancellationToken stopping) => _endpoints.HandleAsync(http, stopping);

    public async ValueTask DisposeAsync()
    {
        await _follower.DisposeAsync().ConfigureAwait(false);
        await _kills.DisposeAsync().ConfigureAwait(false);
    }
}
