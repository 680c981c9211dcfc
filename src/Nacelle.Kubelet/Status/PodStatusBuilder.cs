using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Kubelet.PodWorkers;

namespace Nacelle.Kubelet.Status;

/// <summary>Builds the <c>status</c> of a Pod from what the runtime reports. Pure.</summary>
public static class PodStatusBuilder
{
    public static V1PodStatus Build(PodStatusInput input)
    {
        var pod = input.Pod;
        var old = pod.Status;
        var containers = ContainerStatuses.Of(input, pod.Spec.Containers, init: false);
        var init = ContainerStatuses.Of(input, pod.InitContainers(), init: true);
        var phase = IsTerminal(old?.Phase) ? old!.Phase : Phase(input, init, containers);
        var failure = input.Failure;
        if (IsTerminal(phase) && !IsTerminal(old?.Phase) && input.Runtime.Containers.Any(c => c.Running))
        {
            // Whoever deletes a Pod that has ended takes it away at once: as long as something runs, it has not ended.
            (phase, failure) = (old?.Phase is { Length: > 0 } before ? before : "Pending", null);
        }

        var addresses = Addresses(input, old);
        var status = new V1PodStatus
        {
            Phase = phase,
            Reason = failure?.Reason ?? old?.Reason,
            Message = failure?.Message ?? old?.Message,
            ObservedGeneration = pod.Metadata.Generation,
            QosClass = old?.QosClass,
            StartTime = old?.StartTime ?? Seconds(input.Now),
            HostIP = input.HostAddresses.FirstOrDefault(),
            HostIPs = [.. input.HostAddresses.Select(a => new V1HostIP { Ip = a })],
            PodIP = addresses.FirstOrDefault(),
            PodIPs = addresses.IsEmpty ? null : [.. addresses.Select(a => new V1PodIP { Ip = a })],
            InitContainerStatuses = init.IsEmpty ? null : [.. init],
            ContainerStatuses = [.. containers.OrderBy(c => c.Name, StringComparer.Ordinal)],
            EphemeralContainerStatuses = ContainerStatuses.OfEphemeral(input) is { IsEmpty: false } ephemeral ? [.. ephemeral] : null,
            NominatedNodeName = old?.NominatedNodeName,
            Resize = old?.Resize,
            ResourceClaimStatuses = old?.ResourceClaimStatuses,
        };
        status.Conditions = PodConditions.Of(input, phase, init, containers);
        return status;
    }

    private static bool IsTerminal(string? phase) => phase is "Succeeded" or "Failed";

    /// <summary>The phase by the rules of the Pod lifecycle page; once Succeeded or Failed it stays.</summary>
    internal static string Phase(
        PodStatusInput input, ImmutableArray<V1ContainerStatus> init, ImmutableArray<V1ContainerStatus> containers)
    {
        if (input.Failure is not null)
        {
            return "Failed";
        }

        var initSpecs = input.Pod.InitContainers();
        var (pendingInit, failedInit, lostInit) = (0, 0, false);
        for (var i = 0; i < init.Length; i++)
        {
            var status = init[i];
            if (initSpecs[i].IsSidecar())
            {
                pendingInit += status.Started == true || input.Ended ? 0 : 1;
            }
            else if (status.State.Terminated is { } ended)
            {
                failedInit += ended.ExitCode == 0 ? 0 : 1;
                lostInit |= ended.ExitCode != 0 && RestartRules.PolicyOf(input.Pod, initSpecs[i]) == "Never";
            }
            else
            {
                var failed = status.LastState?.Terminated is { ExitCode: not 0 };
                failedInit += failed ? 1 : 0;
                lostInit |= failed && RestartRules.PolicyOf(input.Pod, initSpecs[i]) == "Never";
                pendingInit++;
            }
        }

        var running = containers.Count(c => c.State.Running is not null);
        var waiting = containers.Count(c => c.State.Waiting is not null && c.LastState?.Terminated is null);
        var stopped = containers.Count(c => c.State.Terminated is not null || (c.State.Waiting is not null && c.LastState?.Terminated is not null));
        var succeeded = containers.Count(c => c.State.Terminated is { ExitCode: 0 });
        if (lostInit || (failedInit > 0 && input.Ended))
        {
            return "Failed";
        }

        if (input.Ended && running == 0)
        {
            return stopped > 0 && succeeded == containers.Length ? "Succeeded" : "Failed";
        }

        // A container that has run shows that initialisation once was complete.
        if ((pendingInit > 0 || failedInit > 0) && running + stopped == 0)
        {
            return "Pending";
        }

        if (waiting > 0)
        {
            return "Pending";
        }

        if (running > 0 || containers.Any(status => RunsAgain(input, status)))
        {
            return "Running";
        }

        return succeeded == containers.Length ? "Succeeded" : containers.Any(status => FailedForGood(input, status)) ? "Failed" : "Running";
    }

    private static bool RunsAgain(PodStatusInput input, V1ContainerStatus status) =>
        (input.Runtime.Find(status.Name) is { } last && input.Killed.Contains(last.Id))
        || ((status.State.Terminated ?? status.LastState?.Terminated) is { } ended
            && RestartRules.RunsAgain(RestartRules.PolicyOf(input.Pod, input.Pod.FindContainer(status.Name)!), ended.ExitCode));

    private static bool FailedForGood(PodStatusInput input, V1ContainerStatus status) =>
        status.State.Terminated is not { ExitCode: 0 }
        && RestartRules.PolicyOf(input.Pod, input.Pod.FindContainer(status.Name)!) == "Never";

    internal static DateTime Seconds(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);

    /// <summary>With the host's network the Pod has the node's addresses; an ended Pod keeps the ones it had.</summary>
    private static ImmutableArray<string> Addresses(PodStatusInput input, V1PodStatus? old)
    {
        var sandbox = input.Runtime.Sandbox;
        if (input.Pod.Spec.HostNetwork == true && sandbox is not null)
        {
            return input.HostAddresses;
        }

        return sandbox is { Ready: true } && !sandbox.Addresses.IsEmpty
            ? sandbox.Addresses
            : [.. (old?.PodIPs ?? []).Select(a => a.Ip)];
    }
}
