using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.PodWorkers;

namespace Nacelle.Kubelet.Probes;

/// <summary>
/// The probes of one Pod: starts them with their containers, stops them with them, and says what they have shown. Used by the Pod's
/// worker only, one call at a time.
/// </summary>
internal sealed class PodProbes(PodServices services, Action changed) : IAsyncDisposable
{
    private readonly Dictionary<string, ImmutableArray<ProbeWorker>> _workers = new(StringComparer.Ordinal);

    /// <summary>Brings the probes in line with what runs.</summary>
    public async Task UpdateAsync(V1Pod pod, RuntimePod runtime)
    {
        var running = runtime.Containers.Where(c => c.Running).ToDictionary(c => c.Id);
        foreach (var id in _workers.Keys.Where(id => !running.ContainsKey(id)).ToList())
        {
            await StopAsync(id).ConfigureAwait(false);
        }

        var address = pod.Spec.HostNetwork == true ? services.HostAddresses[0] : runtime.Sandbox?.Addresses.FirstOrDefault() ?? "127.0.0.1";
        foreach (var container in pod.InitContainers().Where(c => c.IsSidecar()).Concat(pod.Spec.Containers))
        {
            if (runtime.Find(container.Name) is { Running: true } found && !_workers.ContainsKey(found.Id))
            {
                _workers[found.Id] = Start(pod, container, found, address);
            }
        }
    }

    /// <summary>Running containers that a probe holds back from being ready.</summary>
    public ImmutableHashSet<string> NotReady(V1Pod pod, RuntimePod runtime) =>
        Where(pod, runtime, container => container.ReadinessProbe is not null, ProbeKind.Readiness);

    /// <summary>Running containers whose startup probe has not succeeded.</summary>
    public ImmutableHashSet<string> NotStarted(V1Pod pod, RuntimePod runtime) =>
        Where(pod, runtime, container => container.StartupProbe is not null, ProbeKind.Startup);

    /// <summary>Running containers that must be killed, with the sentence of the event.</summary>
    public ImmutableDictionary<string, string> Unhealthy(V1Pod pod, RuntimePod runtime) =>
        (from container in pod.AllContainers()
         let found = runtime.Find(container.Name)
         where found is { Running: true } && _workers.ContainsKey(found.Id)
         let fatal = _workers[found.Id].FirstOrDefault(w => w.Verdict.Fatal)
         where fatal is not null
         select KeyValuePair.Create(
             container.Name, $"Container {container.Name} failed {fatal.Kind.ToString().ToLowerInvariant()} probe"))
        .ToImmutableDictionary();

    public async ValueTask DisposeAsync()
    {
        foreach (var id in _workers.Keys.ToList())
        {
            await StopAsync(id).ConfigureAwait(false);
        }
    }

    private ImmutableHashSet<string> Where(V1Pod pod, RuntimePod runtime, Func<V1Container, bool> has, ProbeKind kind) =>
        [.. from container in pod.AllContainers()
            where has(container)
            let found = runtime.Find(container.Name)
            where found is { Running: true }
            where !_workers.TryGetValue(found.Id, out var workers) || !workers.Any(w => w.Kind == kind && w.Verdict.Good)
            select container.Name];

    private ImmutableArray<ProbeWorker> Start(V1Pod pod, V1Container container, RuntimeContainer found, string address)
    {
        var target = new ContainerTarget(container, found.Id, address);
        var startedAt = found.StartedAt ?? found.CreatedAt;
        var workers = ImmutableArray.CreateBuilder<ProbeWorker>();
        Task? gate = null;
        if (container.StartupProbe is { } startup)
        {
            var worker = new ProbeWorker(services, pod, target, ProbeKind.Startup, startup, startedAt, null, changed);
            gate = worker.Succeeded.Task;
            workers.Add(worker);
        }

        if (container.LivenessProbe is { } liveness)
        {
            workers.Add(new ProbeWorker(services, pod, target, ProbeKind.Liveness, liveness, startedAt, gate, changed));
        }

        if (container.ReadinessProbe is { } readiness)
        {
            workers.Add(new ProbeWorker(services, pod, target, ProbeKind.Readiness, readiness, startedAt, gate, changed));
        }

        return workers.ToImmutable();
    }

    private async Task StopAsync(string id)
    {
        _workers.Remove(id, out var workers);
        foreach (var worker in workers)
        {
            await worker.DisposeAsync().ConfigureAwait(false);
        }
    }
}
