using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Inspect.Health;
using Nacelle.Kubelet.PodWorkers;

namespace Nacelle.Kubelet.Status;

/// <summary>Builds the conditions that a kubelet owns, and keeps the others. Pure.</summary>
internal static class PodConditions
{
    private static readonly ImmutableArray<string> Owned =
        ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", HealthCondition.Type];

    public static List<V1PodCondition> Of(
        PodStatusInput input, string phase, ImmutableArray<V1ContainerStatus> init, ImmutableArray<V1ContainerStatus> containers)
    {
        var pod = input.Pod;
        var containersReady = ContainersReady(phase, pod, init, containers);
        var conditions = new List<V1PodCondition>
        {
            Condition("PodReadyToStartContainers", input.Runtime.Sandbox is { Ready: true } && !input.Ended, null),
            Initialized(phase, pod, init, containers),
            Ready(pod, containersReady, input.Foreign ?? [.. pod.Status?.Conditions ?? []]),
            containersReady,
        };
        var old = pod.Status?.Conditions ?? [];
        if (ProcessHealth(input.ProcessHealth, old) is { } health)
        {
            conditions.Add(health);
        }

        foreach (var condition in conditions)
        {
            var before = old.FirstOrDefault(c => c.Type == condition.Type);
            condition.LastTransitionTime = before is not null && before.Status == condition.Status
                ? before.LastTransitionTime
                : PodStatusBuilder.Seconds(input.Now);
            condition.ObservedGeneration = pod.Metadata.Generation;
        }

        conditions.AddRange(input.Foreign ?? [.. old.Where(c => !IsOwned(c.Type))]);
        return conditions;
    }

    /// <summary>Conditions of other types belong to others: the scheduler, controllers, readiness gates.</summary>
    public static bool IsOwned(string type) => Owned.Contains(type);

    /// <summary>A kubelet that has not looked yet keeps what the one before it said.</summary>
    private static V1PodCondition? ProcessHealth(HealthCondition? known, IEnumerable<V1PodCondition> old)
    {
        var before = old.FirstOrDefault(c => c.Type == HealthCondition.Type);
        known ??= before is null ? null : new HealthCondition(before.Status == "True", before.Reason ?? "", before.Message ?? "");
        return known is null ? null : Condition(HealthCondition.Type, known.Healthy, new WaitingReason(known.Reason, known.Message));
    }

    private static V1PodCondition Initialized(
        string phase, V1Pod pod, ImmutableArray<V1ContainerStatus> init, ImmutableArray<V1ContainerStatus> containers)
    {
        if (phase == "Succeeded")
        {
            return Condition("Initialized", true, new WaitingReason("PodCompleted", ""));
        }

        // A container that runs shows that initialisation is complete, whatever became of the init containers' records.
        var started = containers.Any(c => c.State.Running is not null || c.State.Terminated is not null || c.RestartCount > 0);
        var incomplete = pod.InitContainers()
            .Where((spec, i) => spec.IsSidecar() ? init[i].Started != true : !init[i].Ready)
            .Select(spec => spec.Name).ToList();
        return started || incomplete.Count == 0
            ? Condition("Initialized", true, null)
            : Condition("Initialized", false, new WaitingReason(
                "ContainersNotInitialized", $"containers with incomplete status: [{string.Join(' ', incomplete)}]"));
    }

    private static V1PodCondition ContainersReady(
        string phase, V1Pod pod, ImmutableArray<V1ContainerStatus> init, ImmutableArray<V1ContainerStatus> containers)
    {
        if (phase is "Succeeded" or "Failed")
        {
            return Condition("ContainersReady", false, new WaitingReason(phase == "Succeeded" ? "PodCompleted" : "PodFailed", ""));
        }

        var sidecars = pod.InitContainers().Where(c => c.IsSidecar()).Select(c => c.Name).ToHashSet();
        var unready = init.Where(c => sidecars.Contains(c.Name) && !c.Ready)
            .Concat(containers.Where(c => !c.Ready)).Select(c => c.Name).ToList();
        return unready.Count == 0
            ? Condition("ContainersReady", true, null)
            : Condition("ContainersReady", false, new WaitingReason(
                "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]"));
    }

    private static V1PodCondition Ready(V1Pod pod, V1PodCondition containersReady, ImmutableArray<V1PodCondition> foreign)
    {
        if (containersReady.Status != "True")
        {
            return new V1PodCondition
            {
                Type = "Ready",
                Status = containersReady.Status,
                Reason = containersReady.Reason,
                Message = containersReady.Message,
            };
        }

        var unmet = new List<string>();
        foreach (var gate in pod.Spec.ReadinessGates ?? [])
        {
            var condition = foreign.FirstOrDefault(c => c.Type == gate.ConditionType);
            if (condition is null)
            {
                unmet.Add($"corresponding condition of pod readiness gate \"{gate.ConditionType}\" does not exist.");
            }
            else if (condition.Status != "True")
            {
                unmet.Add($"the status of pod readiness gate \"{gate.ConditionType}\" is not \"True\", but {condition.Status}");
            }
        }

        return unmet.Count == 0
            ? Condition("Ready", true, null)
            : Condition("Ready", false, new WaitingReason("ReadinessGatesNotReady", string.Join(", ", unmet)));
    }

    private static V1PodCondition Condition(string type, bool value, WaitingReason? why) => new()
    {
        Type = type,
        Status = value ? "True" : "False",
        Reason = why?.Reason,
        Message = string.IsNullOrEmpty(why?.Message) ? null : why.Message,
    };
}
