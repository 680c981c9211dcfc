using k8s.Models;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Controllers.Scheduling;

/// <summary>
/// What the scheduler knows: nodes and Pods as watched, and the bindings it has decided that the watch has not shown yet.
/// <code>
///   pending ──Attempt──► assumed ──the watch shows spec.nodeName──► assigned ──ended or deleted──► gone
///      ▲  └─no node──► waiting     │
///      └──a node changed, a Pod left─┴──Forget: the binding failed
/// </code>
/// Each change returns the UIDs of the Pods to look at (again). Safe for concurrent use; nothing here waits.
/// </summary>
public sealed class ClusterState(string schedulerName)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, V1Node> _nodes = [];
    private readonly Dictionary<string, V1Pod> _pending = [];
    private readonly Dictionary<string, V1Pod> _assigned = [];
    private readonly Dictionary<string, string> _assumed = [];
    private readonly HashSet<string> _waiting = [];
    private readonly HashSet<string> _outdated = [];

    public IReadOnlyList<string> Apply(ReflectorEvent<V1Node> change)
    {
        lock (_lock)
        {
            if (change.Type == ReflectorEventType.Replaced)
            {
                _nodes.Clear();
            }

            foreach (var node in change.Objects)
            {
                if (change.Type == ReflectorEventType.Deleted)
                {
                    _nodes.Remove(node.Metadata.Name);
                }
                else
                {
                    _nodes[node.Metadata.Name] = node;
                }
            }

            return TakeWaiting();
        }
    }

    public IReadOnlyList<string> Apply(ReflectorEvent<V1Pod> change)
    {
        lock (_lock)
        {
            var affected = new List<string>();
            if (change.Type == ReflectorEventType.Replaced)
            {
                affected.AddRange(Forget(change.Objects.Select(pod => pod.Metadata.Uid).ToHashSet()));
            }

            foreach (var pod in change.Objects)
            {
                affected.AddRange(change.Type == ReflectorEventType.Deleted ? Remove(pod.Metadata.Uid) : Upsert(pod));
            }

            return affected;
        }
    }

    /// <summary>
    /// Decides on a Pod that still needs a node; null when it needs none any more. A Pod with a node counts as being there from now on,
    /// one without is waiting for a change.
    /// </summary>
    public SchedulingAttempt? Attempt(string uid)
    {
        lock (_lock)
        {
            if (!_pending.TryGetValue(uid, out var pod) || _assumed.ContainsKey(uid))
            {
                return null;
            }

            var decision = NodeChoice.Decide(pod, Nodes());
            if (decision.NodeName is { } node)
            {
                _assumed[uid] = node;
            }
            else
            {
                _waiting.Add(uid);
            }

            return new SchedulingAttempt(pod, decision);
        }
    }

    /// <summary>The binding of a Pod failed: the room it was to take is free again.</summary>
    public IReadOnlyList<string> Forget(string uid)
    {
        lock (_lock)
        {
            return _assumed.Remove(uid) ? TakeWaiting() : [];
        }
    }

    /// <summary>The API has a newer state of a pending Pod than the attempt had: it is looked at again, as soon as that state is here.</summary>
    public IReadOnlyList<string> Outdated(V1Pod attempted)
    {
        lock (_lock)
        {
            var uid = attempted.Metadata.Uid;
            if (!_pending.TryGetValue(uid, out var known))
            {
                return [];
            }

            if (known.Metadata.ResourceVersion != attempted.Metadata.ResourceVersion)
            {
                return [uid];
            }

            _outdated.Add(uid);
            return [];
        }
    }

    /// <summary>Every waiting Pod, to be looked at again.</summary>
    public IReadOnlyList<string> Retry()
    {
        lock (_lock)
        {
            return TakeWaiting();
        }
    }

    private string[] Upsert(V1Pod pod)
    {
        var uid = pod.Metadata.Uid;
        if (pod.Status?.Phase is "Succeeded" or "Failed")
        {
            return Remove(uid);
        }

        if (!string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            _pending.Remove(uid);
            _waiting.Remove(uid);
            _assumed.Remove(uid);
            _outdated.Remove(uid);
            var isNew = !_assigned.ContainsKey(uid);
            _assigned[uid] = pod;
            // Its labels may be what another Pod's affinity waits for.
            return isNew ? TakeWaiting() : [];
        }

        if (pod.Metadata.DeletionTimestamp is not null || pod.Spec.SchedulingGates is { Count: > 0 } || pod.Spec.SchedulerName != schedulerName)
        {
            return Remove(uid);
        }

        var changed = !_pending.TryGetValue(uid, out var known) || !SameForScheduling(known, pod);
        changed |= known?.Metadata.ResourceVersion != pod.Metadata.ResourceVersion && _outdated.Remove(uid);
        _pending[uid] = pod;
        if (changed)
        {
            _waiting.Remove(uid);
        }

        return changed ? [uid] : [];
    }

    /// <summary>Only conditions and the like differ: our own patch must not start the next attempt.</summary>
    private static bool SameForScheduling(V1Pod one, V1Pod other)
        => one.Metadata.Generation == other.Metadata.Generation
            && (one.Metadata.Labels ?? new Dictionary<string, string>()).OrderBy(label => label.Key, StringComparer.Ordinal)
                .SequenceEqual((other.Metadata.Labels ?? new Dictionary<string, string>()).OrderBy(label => label.Key, StringComparer.Ordinal))
            && (one.Spec.SchedulingGates?.Count ?? 0) == (other.Spec.SchedulingGates?.Count ?? 0);

    private string[] Remove(string uid)
    {
        _pending.Remove(uid);
        _waiting.Remove(uid);
        _outdated.Remove(uid);
        var freed = _assumed.Remove(uid) | _assigned.Remove(uid);
        return freed ? TakeWaiting() : [];
    }

    private List<string> Forget(HashSet<string> present)
        => [.. _pending.Keys.Concat(_assigned.Keys).Concat(_assumed.Keys).Where(uid => !present.Contains(uid)).ToHashSet().SelectMany(Remove)];

    private string[] TakeWaiting()
    {
        string[] waiting = [.. _waiting];
        _waiting.Clear();
        return waiting;
    }

    private List<NodeInfo> Nodes()
    {
        var pods = _assigned.Values.Select(pod => (Node: pod.Spec.NodeName, Pod: pod))
            .Concat(_assumed.Where(pair => _pending.ContainsKey(pair.Key)).Select(pair => (Node: pair.Value, Pod: _pending[pair.Key])))
            .ToLookup(pair => pair.Node, pair => pair.Pod);
        return [.. _nodes.Values.Select(node => new NodeInfo(node, [.. pods[node.Metadata.Name]]))];
    }
}
