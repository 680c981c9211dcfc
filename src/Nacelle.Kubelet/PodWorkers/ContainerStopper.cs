using System.Collections.Concurrent;
using Grpc.Core;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.Probes;
using Runtime.V1;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>Ends containers and sandboxes. Everything here may be repeated: what is gone already is a success.</summary>
internal sealed class ContainerStopper(PodServices services, PodMemory memory, V1Pod pod)
{
    private const long MinimumAfterHook = 2;

    /// <summary>Containers whose preStop hook ran: it runs once, however often the stop is tried.</summary>
    private readonly ConcurrentDictionary<string, bool> _hooked = memory.PreStopped;

    /// <summary>Stops one container with the event Killing; returns when it has ended.</summary>
    /// <param name="graceSeconds">Seconds between its stop signal and KILL.</param>
    public async Task StopAsync(RuntimeContainer container, long graceSeconds, string message, CancellationToken cancellationToken)
    {
        services.Events.Record(pod, container.Name, false, EventReasons.Killing, message);
        graceSeconds = await RunPreStopAsync(container, graceSeconds, cancellationToken).ConfigureAwait(false);
        await IgnoreMissingAsync(services.Cri.Runtime.StopContainerAsync(
            new StopContainerRequest { ContainerId = container.Id, Timeout = graceSeconds }, cancellationToken: cancellationToken))
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Stops every container that is not known to have ended: first all but the sidecars side by side, then the sidecars one after
    /// the other, the last one first, with what is left of the grace period.
    /// </summary>
    public async Task StopAllAsync(RuntimePod runtime, long graceSeconds, CancellationToken cancellationToken)
    {
        var alive = runtime.Containers.Where(c => c.State is ContainerState.ContainerRunning or ContainerState.ContainerUnknown).ToList();
        var sidecars = pod.InitContainers().Where(c => c.IsSidecar()).Select(c => c.Name).Reverse().ToList();
        var started = services.Time.GetTimestamp();
        await Task.WhenAll(alive.Where(c => !sidecars.Contains(c.Name))
            .Select(c => StopAsync(c, graceSeconds, EventTexts.Stopping(c.Name), cancellationToken))).ConfigureAwait(false);
        foreach (var container in sidecars.SelectMany(name => alive.Where(c => c.Name == name)))
        {
            var left = Math.Max(MinimumAfterHook, graceSeconds - (long)services.Time.GetElapsedTime(started).TotalSeconds);
            await StopAsync(container, Math.Min(graceSeconds, left), EventTexts.Stopping(container.Name), cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task StopSandboxesAsync(RuntimePod runtime, CancellationToken cancellationToken) => await Task.WhenAll(
        runtime.Sandboxes.Select(s => IgnoreMissingAsync(services.Cri.Runtime.StopPodSandboxAsync(
            new StopPodSandboxRequest { PodSandboxId = s.Id }, cancellationToken: cancellationToken)))).ConfigureAwait(false);

    /// <summary>Removes all records of the Pod from the runtime; containers first, in case the runtime does not do it itself.</summary>
    public async Task RemoveAllAsync(RuntimePod runtime, CancellationToken cancellationToken)
    {
        await Task.WhenAll(runtime.Containers.Select(c => RemoveAsync(c, cancellationToken))).ConfigureAwait(false);
        await Task.WhenAll(runtime.Sandboxes.Select(s => RemoveAsync(s, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Keeps the newest two containers of each name (the second is what <c>logs --previous</c> shows) and the sandboxes in use.</summary>
    public async Task RemoveOldAsync(RuntimePod runtime, CancellationToken cancellationToken)
    {
        var kept = runtime.Containers.GroupBy(c => c.Name).SelectMany(g => g.Take(2)).ToHashSet();
        await Task.WhenAll(runtime.Containers.Where(c => !kept.Contains(c) && !c.Running)
            .Select(c => RemoveAsync(c, cancellationToken))).ConfigureAwait(false);
        await Task.WhenAll(runtime.Sandboxes.Skip(1).Where(s => !s.Ready && kept.All(c => c.SandboxId != s.Id))
            .Select(s => RemoveAsync(s, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Runs the preStop hook within the grace period.</summary>
    /// <returns>What is left for the stop signal, at least two seconds where a hook ran.</returns>
    private async Task<long> RunPreStopAsync(RuntimeContainer container, long graceSeconds, CancellationToken cancellationToken)
    {
        var spec = pod.FindContainer(container.Name);
        if (spec?.Lifecycle?.PreStop is not { } hook || !container.Running || !_hooked.TryAdd(container.Id, true))
        {
            return graceSeconds;
        }

        var started = services.Time.GetTimestamp();
        var address = (pod.Status?.PodIP is { Length: > 0 } ip ? ip : null) ?? "127.0.0.1";
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(graceSeconds));
        try
        {
            var outcome = await services.Actions.RunHookAsync(
                hook, new ContainerTarget(spec, container.Id, address), TimeSpan.FromSeconds(graceSeconds), deadline.Token).ConfigureAwait(false);
            if (!outcome.Success)
            {
                services.Events.Record(pod, container.Name, true, EventReasons.FailedPreStopHook, "PreStopHook failed");
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled or StatusCode.DeadlineExceeded })
        {
            services.Events.Record(pod, container.Name, true, EventReasons.FailedPreStopHook, "PreStopHook failed");
        }

        return Math.Max(MinimumAfterHook, graceSeconds - (long)services.Time.GetElapsedTime(started).TotalSeconds);
    }

    private Task RemoveAsync(RuntimeContainer container, CancellationToken cancellationToken) => IgnoreMissingAsync(
        services.Cri.Runtime.RemoveContainerAsync(
            new RemoveContainerRequest { ContainerId = container.Id }, cancellationToken: cancellationToken));

    private Task RemoveAsync(RuntimeSandbox sandbox, CancellationToken cancellationToken) => IgnoreMissingAsync(
        services.Cri.Runtime.RemovePodSandboxAsync(
            new RemovePodSandboxRequest { PodSandboxId = sandbox.Id }, cancellationToken: cancellationToken));

    private static async Task IgnoreMissingAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // Gone already, which is what was asked for.
        }
    }
}
