using System.Collections.Concurrent;
using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Inspect.Health;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Probes;
using Nacelle.Kubelet.Status;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>What a worker remembers of its Pod between two steps. Nothing in it is needed after a restart of the kubelet.</summary>
internal sealed class PodMemory(PodStatusPublisher publisher, StartTrace trace, PodProbes probes)
{
    private readonly Dictionary<string, DateTimeOffset> _toldAt = new(StringComparer.Ordinal);

    public PodStatusPublisher Publisher { get; } = publisher;

    public StartTrace Trace { get; } = trace;

    public PodProbes Probes { get; } = probes;

    public ImageErrors ImageErrors { get; } = new();

    /// <summary>Why containers wait, by name.</summary>
    public ConcurrentDictionary<string, WaitingReason> Waiting { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, StartFailure> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>Containers, by id, whose preStop hook ran.</summary>
    public ConcurrentDictionary<string, bool> PreStopped { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Containers, by id, that were killed in order to run again. Written between starts only. A kubelet that starts anew
    /// has the exit code alone to go by.
    /// </summary>
    public HashSet<string> Killed { get; } = new(StringComparer.Ordinal);

    /// <summary>Set once when the Pod as a whole failed.</summary>
    public WaitingReason? Failure { get; set; }

    /// <summary>Fields whose event was sent.</summary>
    public HashSet<string> Told { get; } = new(StringComparer.Ordinal);

    /// <summary>This kubelet started something of the Pod; false for one that it found running.</summary>
    public bool Acted { get; set; }

    /// <summary>When the volumes were last made or brought up to date.</summary>
    public DateTimeOffset VolumesAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>As last judged; null before that. Written by who looks, read when a status is built.</summary>
    public HealthCondition? ProcessHealth { get; set; }

    public int SandboxFailures { get; set; }

    /// <summary>Drops the failures of containers that were corrected since.</summary>
    public void ForgetCorrected(V1Pod pod)
    {
        foreach (var container in pod.AllContainers())
        {
            if (Failures.TryGetValue(container.Name, out var failure) && failure.Hash != ContainerHash.Of(container))
            {
                Failures.TryRemove(container.Name, out _);
                Waiting.TryRemove(container.Name, out _);
            }
        }
    }

    /// <summary>
    /// Drops what start attempts left behind for containers that the plan neither starts nor lets wait: one that is never tried again
    /// must not wake the worker, and where it has ended its end is shown, not why it waited.
    /// </summary>
    public void KeepOnly(PodPlan plan, RuntimePod runtime)
    {
        var wanted = plan.StartEphemeral.Concat(plan.StartInit).Concat(plan.Start).Concat(plan.BackingOff.Select(b => b.Name)).ToHashSet();
        foreach (var name in Failures.Keys.Where(name => !wanted.Contains(name)))
        {
            Failures.TryRemove(name, out _);
        }

        foreach (var name in Waiting.Keys.Where(name => !wanted.Contains(name) && runtime.Find(name) is { Exited: true }))
        {
            Waiting.TryRemove(name, out _);
        }
    }

    /// <summary>True at most once in an interval for each subject.</summary>
    public bool MayTell(string subject, DateTimeOffset now, TimeSpan interval)
    {
        if (_toldAt.TryGetValue(subject, out var last) && now - last < interval)
        {
            return false;
        }

        _toldAt[subject] = now;
        return true;
    }

    /// <summary>Builds the status from the runtime's state and queues it.</summary>
    public V1PodStatus Publish(PodServices services, V1Pod pod, RuntimePod runtime, bool ended)
    {
        var known = new V1Pod { Metadata = pod.Metadata, Spec = pod.Spec, Status = Publisher.Latest ?? pod.Status };
        var status = PodStatusBuilder.Build(new PodStatusInput
        {
            Pod = known,
            Runtime = runtime,
            Waiting = Waiting.ToImmutableDictionary(),
            NotReady = Probes.NotReady(pod, runtime),
            NotStarted = Probes.NotStarted(pod, runtime),
            Killed = [.. Killed],
            Foreign = Publisher.Foreign,
            Ended = ended,
            Failure = Failure,
            HostAddresses = services.HostAddresses,
            ProcessHealth = ProcessHealth,
            RuntimeName = services.RuntimeName,
            Now = services.Time.GetUtcNow(),
        });
        Publisher.Publish(status);
        return status;
    }
}
