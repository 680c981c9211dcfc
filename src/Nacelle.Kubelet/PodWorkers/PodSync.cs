using System.Collections.Immutable;
using Grpc.Core;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.Status;
using Nacelle.Kubelet.Volumes;
using Runtime.V1;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>
/// One step of a Pod that shall run: read the runtime, plan, act, publish. Called again for every change; a step that finds nothing
/// to do is cheap and changes nothing.
/// </summary>
internal sealed partial class PodSync(PodServices services, PodMemory memory)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = services.Logger;

    /// <returns>What the worker does after this step.</returns>
    public async Task<SyncOutcome> StepAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var runtime = await memory.Trace.MeasureAsync("read", () => ReadAsync(pod, cancellationToken)).ConfigureAwait(false);
        var notices = new PodNotices(services, memory, pod);
        var refused = notices.TellUnsupported();
        if (refused.Any(use => use.Ephemeral is null))
        {
            return Refuse(pod, runtime, refused);
        }

        // An ephemeral container came later than the Pod, which must not stop for it.
        var held = refused.Select(use => use.Ephemeral!).ToImmutableHashSet();
        foreach (var name in held)
        {
            memory.Waiting[name] = NotSupported(refused.Where(use => use.Ephemeral == name));
        }

        if (CheckDeadline(pod) is { } deadline && deadline <= TimeSpan.Zero)
        {
            memory.Publish(services, pod, runtime, ended: false);
            return SyncOutcome.Finished;
        }

        notices.TellLeftovers(runtime);
        memory.ForgetCorrected(pod);
        await memory.Probes.UpdateAsync(pod, runtime).ConfigureAwait(false);
        var plan = Plan(pod, runtime, held);
        notices.TellBackoffs(runtime, plan);
        notices.TellSandboxEnd(runtime, plan);
        var status = memory.Publish(services, pod, runtime, ended: false);
        if (plan.KillPod || status.Phase is "Succeeded" or "Failed")
        {
            return SyncOutcome.Finished;
        }

        if (!plan.IsEmpty)
        {
            memory.Acted = true;
            await ActAsync(pod, runtime, plan, cancellationToken).ConfigureAwait(false);
            runtime = await ReadAsync(pod, cancellationToken).ConfigureAwait(false);
            notices.TellLeftovers(runtime);
            await memory.Probes.UpdateAsync(pod, runtime).ConfigureAwait(false);

            // What comes next is known already: it says how long to wait, and which start will not be tried again.
            plan = Plan(pod, runtime, held);
            memory.Publish(services, pod, runtime, ended: false);
            await new ContainerStopper(services, memory, pod).RemoveOldAsync(runtime, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await RefreshVolumesAsync(pod, cancellationToken).ConfigureAwait(false);
        }

        TellStarted(pod, runtime);
        return SyncOutcome.Again(NextLook(pod, plan));
    }

    private PodPlan Plan(V1Pod pod, RuntimePod runtime, ImmutableHashSet<string> held)
    {
        var unhealthy = memory.Probes.Unhealthy(pod, runtime);
        memory.Killed.IntersectWith(runtime.Containers.Select(c => c.Id));
        var plan = PodPlanner.Plan(new PodPlanInput
        {
            Pod = pod,
            Runtime = runtime,
            Backoff = Backoffs(pod, runtime, unhealthy),
            NotStarted = memory.Probes.NotStarted(pod, runtime),
            Killed = [.. memory.Killed],
            Held = held,
            Unhealthy = unhealthy,
        });
        memory.KeepOnly(plan, runtime);
        return plan;
    }

    private async Task<RuntimePod> ReadAsync(V1Pod pod, CancellationToken cancellationToken) =>
        TerminationMessages.Fill(await services.Reader.ReadAsync(pod.Metadata.Uid, cancellationToken).ConfigureAwait(false));

    private async Task ActAsync(V1Pod pod, RuntimePod runtime, PodPlan plan, CancellationToken cancellationToken)
    {
        var stopper = new ContainerStopper(services, memory, pod);
        if (plan.SandboxChanged)
        {
            services.Events.Record(pod, null, false, EventReasons.SandboxChanged, SandboxEnd.Describe(runtime.Sandbox!, recreated: true));
            await stopper.StopAllAsync(runtime, pod.GraceSeconds(), cancellationToken).ConfigureAwait(false);
            await stopper.StopSandboxesAsync(runtime, cancellationToken).ConfigureAwait(false);
        }

        memory.Killed.UnionWith(plan.Kill.Where(k => k.Restart).Select(k => k.Id));
        await Task.WhenAll(plan.Kill.Select(k => stopper.StopAsync(
            runtime.Containers.First(c => c.Id == k.Id), pod.GraceSeconds(), k.Message, cancellationToken))).ConfigureAwait(false);
        if (!plan.CreateSandbox && plan.StartInit.IsEmpty && plan.Start.IsEmpty && plan.StartEphemeral.IsEmpty)
        {
            return;
        }

        var ground = new PodGround(services, memory, pod);
        var sandbox = SandboxConfigs.Of(
            pod, plan.Attempt, services.Paths, services.Options.NodeName, ground.Dns(), services.Preparation.Cgroup(pod));
        var group = new ContainerGroupStarter(services, memory, pod, runtime);
        var images = group.BeginImages(
            [.. plan.StartEphemeral, .. plan.StartInit, .. plan.Start],
            await ground.CredentialsAsync(cancellationToken).ConfigureAwait(false), sandbox, cancellationToken);
        var (id, addresses) = (plan.SandboxId, runtime.Sandbox?.Addresses ?? []);
        IReadOnlyDictionary<string, string> volumes;
        try
        {
            volumes = await ground.VolumesAsync(cancellationToken).ConfigureAwait(false);
            if (plan.CreateSandbox)
            {
                (id, addresses) = await ground.CreateSandboxAsync(sandbox, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await ContainerGroupStarter.AbandonAsync(images).ConfigureAwait(false);
            throw;
        }

        await group.StartAsync(
            images, id!, sandbox, pod.Spec.HostNetwork == true ? services.HostAddresses : addresses, volumes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Once a minute what ConfigMaps and Secrets say comes into the volumes made from them.</summary>
    private async Task RefreshVolumesAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var now = services.Time.GetUtcNow();
        if (!FollowsObjects(pod) || now - memory.VolumesAt < RefreshInterval)
        {
            return;
        }

        memory.VolumesAt = now;
        foreach (var failure in await services.Preparation.RefreshAsync(pod, cancellationToken).ConfigureAwait(false))
        {
            services.Events.Record(pod, null, true, EventReasons.FailedMount, failure.Message);
        }
    }

    private static bool FollowsObjects(V1Pod pod) => pod.Spec.Volumes?.Any(v =>
        v is { ConfigMap: not null } or { Secret: not null } or { DownwardAPI: not null } or { Projected: not null }) == true;

    /// <summary>How long each container must still wait: after a crash, after a start that failed, or after the kill that a probe asks for.</summary>
    private ImmutableDictionary<string, TimeSpan> Backoffs(V1Pod pod, RuntimePod runtime, ImmutableDictionary<string, string> unhealthy)
    {
        var waits = ImmutableDictionary.CreateBuilder<string, TimeSpan>();
        var now = services.Time.GetUtcNow();
        foreach (var container in pod.AllContainers())
        {
            var wait = memory.Failures.TryGetValue(container.Name, out var failure) ? failure.RetryAt - now : TimeSpan.Zero;
            if (runtime.Find(container.Name) is { } last && (last.Exited || unhealthy.ContainsKey(container.Name)))
            {
                var endedAt = last.Exited ? last.FinishedAt ?? last.CreatedAt : now;
                var crash = services.Backoff.Remaining(ContainerStarter.BackoffKey(pod, container), endedAt);
                wait = crash > wait ? crash : wait;
            }

            if (wait > TimeSpan.Zero)
            {
                waits[container.Name] = wait;
            }
        }

        return waits.ToImmutable();
    }

    private static WaitingReason NotSupported(IEnumerable<FieldUse> refused) =>
        new("FieldNotSupported", $"{string.Join(", ", refused.Select(use => use.Path))}: not supported");

    private SyncOutcome Refuse(V1Pod pod, RuntimePod runtime, ImmutableArray<FieldUse> refused)
    {
        var why = NotSupported(refused);
        foreach (var container in pod.AllContainers())
        {
            memory.Waiting[container.Name] = why;
        }

        memory.Publish(services, pod, runtime, ended: false);
        return SyncOutcome.Again(null);
    }

    /// <summary>What is left of activeDeadlineSeconds, or null without one. Past it the Pod has failed.</summary>
    private TimeSpan? CheckDeadline(V1Pod pod)
    {
        if (pod.Spec.ActiveDeadlineSeconds is not { } seconds || (memory.Publisher.Latest ?? pod.Status)?.StartTime is not { } started)
        {
            return null;
        }

        var left = new DateTimeOffset(started, TimeSpan.Zero) + TimeSpan.FromSeconds(seconds) - services.Time.GetUtcNow();
        if (left <= TimeSpan.Zero && memory.Failure is null)
        {
            memory.Failure = new WaitingReason("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
            services.Events.Record(pod, null, false, EventReasons.DeadlineExceeded, memory.Failure.Message);
        }

        return left;
    }

    private void TellStarted(V1Pod pod, RuntimePod runtime)
    {
        if (memory.Acted && pod.Spec.Containers.All(c => runtime.Find(c.Name) is { Running: true }) && memory.Trace.Finish() is { } parts)
        {
            LogStarted(pod.Metadata.NamespaceProperty, pod.Metadata.Name, parts);
        }
    }

    /// <summary>When to look again without being told to: the end of the shortest wait, at once where there is more to start or all to end.</summary>
    private TimeSpan? NextLook(V1Pod pod, PodPlan plan)
    {
        var more = plan.KillPod || (!plan.CreateSandbox && !(plan.StartEphemeral.IsEmpty && plan.StartInit.IsEmpty && plan.Start.IsEmpty));
        var waits = plan.BackingOff.Select(b => b.Remaining)
            .Concat(more ? [TimeSpan.Zero] : [])
            .Concat(FollowsObjects(pod) ? [RefreshInterval] : [])
            .Concat(CheckDeadline(pod) is { } deadline ? [deadline] : [])
            .Select(w => w > TimeSpan.Zero ? w : TimeSpan.Zero).ToList();
        return waits.Count == 0 ? null : waits.Min() + TimeSpan.FromMilliseconds(1);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "pod {Namespace}/{Name} started, ms: {Parts}")]
    private partial void LogStarted(string @namespace, string name, string parts);
}
