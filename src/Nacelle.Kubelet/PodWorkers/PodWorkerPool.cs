using System.Collections.Concurrent;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Inspect.Health;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>Owns the workers, one for each Pod UID, and brings them what the API and the runtime tell.</summary>
public sealed partial class PodWorkerPool(PodServices services) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PodWorker> _workers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _logger = services.Logger;

    /// <summary>The Pods on this node, with the status last published.</summary>
    public IReadOnlyList<V1Pod> Pods => [.. _workers.Values.Where(w => !w.Removed).Select(Published)];

    /// <summary>The Pod of that name that is not about to be replaced, or null.</summary>
    public V1Pod? Find(string ns, string name) => Pods
        .Where(p => p.Metadata.NamespaceProperty == ns && p.Metadata.Name == name)
        .OrderBy(p => p.Metadata.DeletionTimestamp is not null).FirstOrDefault();

    /// <summary>The Pod of that UID, or null.</summary>
    public V1Pod? FindByUid(string uid) => _workers.TryGetValue(uid, out var worker) && !worker.Removed ? Published(worker) : null;

    public void Apply(ReflectorEvent<V1Pod> change)
    {
        switch (change.Type)
        {
            case ReflectorEventType.Replaced:
                var present = change.Objects.Select(p => p.Metadata.Uid).ToHashSet();
                foreach (var pod in change.Objects)
                {
                    Upsert(pod);
                }

                foreach (var (_, worker) in _workers.Where(w => !present.Contains(w.Key)))
                {
                    worker.Gone(null);
                }

                break;
            case ReflectorEventType.Upserted:
                Upsert(change.Objects[0]);
                break;
            case ReflectorEventType.Deleted:
                if (_workers.TryGetValue(change.Objects[0].Metadata.Uid, out var gone))
                {
                    gone.Gone(change.Objects[0]);
                }

                break;
        }
    }

    /// <summary>Something changed in the runtime; null means anything.</summary>
    public void Wake(string? uid)
    {
        foreach (var (key, worker) in _workers)
        {
            if (uid is null || key == uid)
            {
                worker.Wake();
            }
        }
    }

    /// <summary>The health of a Pod's processes changed: its status shall say so.</summary>
    public void Note(string uid, HealthCondition health)
    {
        if (_workers.TryGetValue(uid, out var worker))
        {
            worker.Note(health);
        }
    }

    /// <summary>
    /// Ends what the runtime holds of Pods that no longer exist. Call it only when a complete list of the API has been applied.
    /// </summary>
    public async Task EndOrphansAsync(CancellationToken cancellationToken)
    {
        foreach (var orphan in await Orphans.FindAsync(services.Cri, cancellationToken).ConfigureAwait(false))
        {
            if (!_workers.ContainsKey(orphan.Metadata.Uid))
            {
                LogOrphan(orphan.Metadata.NamespaceProperty, orphan.Metadata.Name, orphan.Metadata.Uid);
                Add(orphan, inApi: false);
            }
        }
    }

    /// <summary>Stops the workers and leaves their Pods running.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var worker in _workers.Values)
        {
            await worker.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    private static V1Pod Published(PodWorker worker) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = worker.Pod.Metadata,
        Spec = worker.Pod.Spec,
        Status = worker.Status ?? worker.Pod.Status,
    };

    private void Upsert(V1Pod pod)
    {
        if (_workers.TryGetValue(pod.Metadata.Uid, out var worker))
        {
            worker.Update(pod);
        }
        else
        {
            Add(pod, inApi: true);
        }
    }

    private void Add(V1Pod pod, bool inApi)
    {
        foreach (var (uid, worker) in _workers)
        {
            if (worker.Completion.IsCompleted)
            {
                _workers.TryRemove(uid, out _);
            }
        }

        _workers[pod.Metadata.Uid] = new PodWorker(services, pod, inApi, _stop.Token);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the runtime holds pod {Namespace}/{Name} ({Uid}), which the API does not know: ending it")]
    private partial void LogOrphan(string @namespace, string name, string uid);
}
