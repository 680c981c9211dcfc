using System.Net;
using System.Text;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Controllers.Events;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Controllers.Scheduling;

/// <summary>
/// Binds Pods to nodes. Two watches feed <see cref="ClusterState"/>; a few workers take Pods from the queue, so that one slow binding delays no other.
/// A Pod that no node takes gets the condition and the event, and is looked at again when a node changes, a Pod leaves, or five minutes have passed.
/// </summary>
public sealed partial class Scheduler(KubernetesApi api, string instance, TimeProvider time, ILogger logger)
{
    /// <summary>The name that <c>spec.schedulerName</c> must have, which is also its default.</summary>
    public const string Name = "default-scheduler";

    private const int Workers = 4;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(5);

    private readonly ClusterState _state = new(Name);
    private readonly SchedulingQueue _queue = new();
    private readonly PodEvents _events = new(api, Name, instance, time, logger);
    private readonly TaskCompletionSource _nodesListed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => ControllerTasks.RunAllAsync(
        [FollowPodsAsync, FollowNodesAsync, RetryAsync, .. Enumerable.Repeat<Func<CancellationToken, Task>>(WorkAsync, Workers)],
        cancellationToken);

    private async Task FollowPodsAsync(CancellationToken cancellationToken)
    {
        var pods = new Reflector<V1Pod>(api, ResourceKinds.Pods, null, new ListQuery(), time, logger);
        await foreach (var change in pods.RunAsync(cancellationToken))
        {
            _queue.Add(_state.Apply(change));
            if (change.Type == ReflectorEventType.Deleted)
            {
                _events.Forget(change.Objects[0].Metadata.Uid);
            }
        }
    }

    private async Task FollowNodesAsync(CancellationToken cancellationToken)
    {
        var nodes = new Reflector<V1Node>(api, ResourceKinds.Nodes, null, new ListQuery(), time, logger);
        await foreach (var change in nodes.RunAsync(cancellationToken))
        {
            _queue.Add(_state.Apply(change));
            _nodesListed.TrySetResult();
        }
    }

    private async Task RetryAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RetryInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            _queue.Add(_state.Retry());
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        // Before the nodes have been listed there seem to be none, and every Pod would be told so.
        await _nodesListed.Task.WaitAsync(cancellationToken);
        while (true)
        {
            var uid = await _queue.TakeAsync(cancellationToken);
            if (_state.Attempt(uid) is not { } attempt)
            {
                continue;
            }

            try
            {
                await (attempt.Decision.NodeName is { } node
                    ? BindAsync(attempt.Pod, node, cancellationToken)
                    : RefuseAsync(attempt.Pod, attempt.Decision.Message, cancellationToken));
            }
            catch (Exception e) when (e is ApiException or HttpRequestException)
            {
                LogFailed(attempt.Pod.Metadata.NamespaceProperty, attempt.Pod.Metadata.Name, e.Message);
                _queue.Add(_state.Forget(uid));
                if (e is not ApiException { Code: HttpStatusCode.NotFound or HttpStatusCode.Conflict })
                {
                    // Neither gone nor bound by someone else: the same attempt may succeed later.
                    await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
                    _queue.Add([uid]);
                }
            }
        }
    }

    private async Task BindAsync(V1Pod pod, string node, CancellationToken cancellationToken)
    {
        var (ns, name) = (pod.Metadata.NamespaceProperty, pod.Metadata.Name);
        var binding = new V1Binding
        {
            ApiVersion = "v1",
            Kind = "Binding",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns, Uid = pod.Metadata.Uid },
            Target = new V1ObjectReference { Kind = "Node", Name = node },
        };
        await api.PostSubresourceAsync(ResourceKinds.Pods, ns, name, "binding", binding, cancellationToken);
        LogBound(ns, name, node);
        await _events.WriteAsync(pod, "Normal", "Scheduled", "Binding", $"Successfully assigned {ns}/{name} to {node}", cancellationToken);
    }

    private async Task RefuseAsync(V1Pod pod, string message, CancellationToken cancellationToken)
    {
        try
        {
            if (UnschedulableCondition.Patch(pod, message, time.GetUtcNow().UtcDateTime) is { } patch)
            {
                await api.PatchAsync(
                    ResourceKinds.Pods,
                    pod.Metadata.NamespaceProperty,
                    pod.Metadata.Name,
                    PatchType.StrategicMerge,
                    Encoding.UTF8.GetBytes(patch.ToJsonString()),
                    cancellationToken,
                    "status");
            }
        }
        catch (ApiException e) when (e.Code == HttpStatusCode.Conflict)
        {
            // Decided for a Pod that has changed since. The watch brings the change, and the Pod is looked at again if it still needs a node.
            _queue.Add(_state.Outdated(pod));
            return;
        }

        await _events.WriteAsync(pod, "Warning", "FailedScheduling", "Scheduling", message, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Namespace}/{Name} assigned to {Node}")]
    private partial void LogBound(string @namespace, string name, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Name} not scheduled: {Error}")]
    private partial void LogFailed(string @namespace, string name, string error);
}
