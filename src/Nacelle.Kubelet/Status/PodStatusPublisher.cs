using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Kubelet.Status;

/// <summary>
/// Brings the status of one Pod to the API: the newest wins, what lies between is skipped, nothing is sent when nothing changed, and
/// an unreachable server is retried. One task at most, owned here; <see cref="DrainAsync"/> waits for it.
/// </summary>
public sealed partial class PodStatusPublisher(KubernetesApi api, V1Pod pod, TimeProvider time, ILogger logger, CancellationToken stop)
{
    private readonly Lock _gate = new();
    private V1PodStatus? _acknowledged = pod.Status;
    private V1PodStatus? _pending;
    private Task _loop = Task.CompletedTask;
    private ulong _version = Version(pod);
    private ulong _foreignVersion = Version(pod);
    private bool _gone;

    /// <summary>The status as last published or about to be: what the next one continues.</summary>
    public V1PodStatus? Latest { get; private set; } = pod.Status;

    /// <summary>Queues a status; returns at once.</summary>
    public void Publish(V1PodStatus status)
    {
        lock (_gate)
        {
            Latest = status;
            _pending = status;
            if (_loop.IsCompleted && !_gone)
            {
                _loop = SendAsync();
            }
        }
    }

    /// <summary>Conditions that others own, as last seen.</summary>
    public ImmutableArray<V1PodCondition> Foreign { get; private set; } = ForeignOf(pod.Status);

    /// <summary>
    /// The watch brought an object: conditions that others own are taken over; and, if it is newer than our last patch, what the next
    /// patch is compared with (an older one must not: it would hide what that patch changed).
    /// </summary>
    public void Observe(V1Pod observed)
    {
        lock (_gate)
        {
            TakeForeign(observed);
            if (observed.Status is not null && Version(observed) > _version && _loop.IsCompleted)
            {
                (_acknowledged, _version) = (observed.Status, Version(observed));
            }
        }
    }

    /// <summary>Waits until everything queued is acknowledged, or the Pod is gone.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Task loop;
        lock (_gate)
        {
            loop = _loop;
        }

        await loop.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Our patch's answer and the watch come in any order; the newer of the two knows what others wrote.</summary>
    private void TakeForeign(V1Pod from)
    {
        if (from.Status is not null && Version(from) >= _foreignVersion)
        {
            (Foreign, _foreignVersion) = (ForeignOf(from.Status), Version(from));
        }
    }

    private static ImmutableArray<V1PodCondition> ForeignOf(V1PodStatus? status) =>
        [.. (status?.Conditions ?? []).Where(c => !PodConditions.IsOwned(c.Type))];

    /// <summary>Resource versions are numbers that grow (KEP-5504).</summary>
    private static ulong Version(V1Pod pod) =>
        ulong.TryParse(pod.Metadata.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private async Task SendAsync()
    {
        var delay = new ReconnectDelay(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5));
        await Task.Yield();
        while (Take() is { } next)
        {
            try
            {
                await SendOneAsync(next).ConfigureAwait(false);
                delay.Reset();
            }
            catch (ApiException e) when (e.Code is HttpStatusCode.NotFound
                || (e.Code is HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity && e.Message.Contains("uid", StringComparison.OrdinalIgnoreCase)))
            {
                // The Pod is gone, or its name now belongs to another: there is nobody to tell any more.
                lock (_gate)
                {
                    _gone = true;
                    _pending = null;
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
            {
                LogFailed(pod.Metadata.NamespaceProperty, pod.Metadata.Name, e.Message);
                Requeue(next);
                try
                {
                    await Task.Delay(delay.Next(), time, stop).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private async Task SendOneAsync(V1PodStatus next)
    {
        if (StatusPatch.Between(pod.Metadata.Uid, _acknowledged, next) is not { } patch)
        {
            return;
        }

        var answer = await api.PatchAsync(
            ResourceKinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, PatchType.StrategicMerge, patch, stop, "status")
            .ConfigureAwait(false);
        lock (_gate)
        {
            TakeForeign(answer);
            (_acknowledged, _version) = (answer.Status ?? next, Version(answer));
        }
    }

    private V1PodStatus? Take()
    {
        lock (_gate)
        {
            var next = _pending;
            _pending = null;
            if (next is null)
            {
                // Ended under the lock, so that a Publish that comes later starts a new loop.
                _loop = Task.CompletedTask;
            }

            return next;
        }
    }

    private void Requeue(V1PodStatus status)
    {
        lock (_gate)
        {
            _pending ??= status;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "status of pod {Namespace}/{Name} not patched, will retry: {Error}")]
    private partial void LogFailed(string @namespace, string name, string error);
}
