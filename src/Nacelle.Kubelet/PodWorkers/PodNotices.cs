using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.Status;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>Tells the user of a Pod what a step has seen: each thing once, or at most once in a while.</summary>
internal sealed class PodNotices(PodServices services, PodMemory memory, V1Pod pod)
{
    /// <summary>A step comes with every change of the Pod; its event must not.</summary>
    private static readonly TimeSpan BackOffEventInterval = TimeSpan.FromSeconds(10);

    /// <returns>The uses that are refused.</returns>
    public ImmutableArray<FieldUse> TellUnsupported()
    {
        var uses = UnsupportedFields.Find(pod);
        foreach (var use in uses.Where(u => memory.Told.Add(u.Path)))
        {
            var refused = use.Effect == FieldEffect.Refused;
            services.Events.Record(
                pod, use.Ephemeral, true, refused ? EventReasons.FieldNotSupported : EventReasons.FieldIgnored,
                refused
                    ? $"{use.Path} is not supported, the {(use.Ephemeral is null ? "pod" : "container")} waits"
                    : $"{use.Path} is not supported and has no effect");
        }

        return [.. uses.Where(u => u.Effect == FieldEffect.Refused)];
    }

    public void TellLeftovers(RuntimePod runtime)
    {
        // What the status says already to have ended was told when it ended, by this kubelet or the one before.
        var reported = (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? [])
            .Concat(pod.Status?.EphemeralContainerStatuses ?? [])
            .SelectMany(s => new[] { s.State?.Terminated?.ContainerID, s.LastState?.Terminated?.ContainerID })
            .ToHashSet();
        foreach (var container in runtime.Containers.Where(c => c.Exited && !reported.Contains($"{services.RuntimeName}://{c.Id}")))
        {
            if (container.Info.TryGetValue("nacelle.leftovers", out var count) && count is not ("" or "0") && memory.Told.Add(container.Id))
            {
                services.Events.Record(
                    pod, container.Name, true, EventReasons.LeftoversKilled, EventTexts.Leftovers(count, container.Name));
            }
        }
    }

    /// <summary>The end of a Pod whose sandbox ended before its containers. One that had ended already says nothing again.</summary>
    public void TellSandboxEnd(RuntimePod runtime, PodPlan plan)
    {
        if (plan is { KillPod: true, SandboxChanged: true } && (memory.Publisher.Latest ?? pod.Status)?.Phase is not ("Succeeded" or "Failed")
            && memory.Told.Add(runtime.Sandbox!.Id))
        {
            services.Events.Record(pod, null, false, EventReasons.SandboxChanged, SandboxEnd.Describe(runtime.Sandbox, recreated: false));
        }
    }

    public void TellBackoffs(RuntimePod runtime, PodPlan plan)
    {
        foreach (var waiting in plan.BackingOff)
        {
            if (memory.Failures.ContainsKey(waiting.Name) || runtime.Find(waiting.Name) is null)
            {
                continue;
            }

            var container = pod.FindContainer(waiting.Name)!;
            var delay = services.Backoff.Delay(ContainerStarter.BackoffKey(pod, container));
            memory.Waiting[waiting.Name] = new WaitingReason(
                "CrashLoopBackOff", EventTexts.CrashLoop(delay, waiting.Name, pod.FullName()));
            if (!runtime.Find(waiting.Name)!.Running && memory.MayTell($"backoff/{waiting.Name}", services.Time.GetUtcNow(), BackOffEventInterval))
            {
                services.Events.Record(
                    pod, waiting.Name, true, EventReasons.BackOff, EventTexts.BackOffRestart(waiting.Name, pod.FullName()));
            }
        }
    }
}
