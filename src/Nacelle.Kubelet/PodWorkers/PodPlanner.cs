using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Runtime.V1;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>
/// Decides what a Pod that shall run needs next. Pure: the same input gives the same plan, and the effects are elsewhere.
/// <code>
///   no sandbox, or it ended ──▶ (kill what is left) ──▶ create it, start again with the init containers
///   init containers         ──▶ one after the other; each must exit 0, a sidecar must have started and stays
///   containers              ──▶ side by side, restarted as their restartPolicy (else the Pod's) says, after their back-off
///   nothing left to run     ──▶ kill the Pod
/// </code>
/// The rules are those of the Pod lifecycle page of the Kubernetes documentation.
/// </summary>
public static class PodPlanner
{
    private const int KilledExitCode = 137;

    public static PodPlan Plan(PodPlanInput input)
    {
        var (pod, runtime) = (input.Pod, input.Runtime);
        var sandbox = runtime.Sandbox;
        if (sandbox is null || SandboxUnfit(pod, sandbox))
        {
            return PlanSandbox(input, sandbox);
        }

        var plan = new PodPlan { SandboxId = sandbox.Id, Attempt = sandbox.Attempt };
        plan = AreInitialized(input) ? PlanContainers(input, plan) : PlanInit(input, plan);
        return plan.KillPod ? plan : PlanEphemeral(input, plan);
    }

    /// <summary>A sandbox is used only while it is ready and has the network the spec asks for.</summary>
    private static bool SandboxUnfit(V1Pod pod, RuntimeSandbox sandbox)
    {
        var onHost = pod.Spec.HostNetwork == true;
        return !sandbox.Ready
            || onHost != (sandbox.Network == NamespaceMode.Node)
            || (!onHost && sandbox.Addresses.IsEmpty);
    }

    private static PodPlan PlanSandbox(PodPlanInput input, RuntimeSandbox? old)
    {
        var (pod, runtime) = (input.Pod, input.Runtime);
        var plan = new PodPlan
        {
            CreateSandbox = true,
            SandboxChanged = old is not null,
            Attempt = old is null ? 0 : old.Attempt + 1,
        };
        if (old is not null && !runtime.Containers.IsEmpty && !MayRunAgain(input))
        {
            return new PodPlan { KillPod = true, SandboxId = old.Id, SandboxChanged = true };
        }

        var start = new List<string>();
        var waiting = new List<BackingOff>();
        foreach (var container in pod.Spec.Containers)
        {
            var last = runtime.Find(container.Name);
            if (last is { Running: true })
            {
                // It dies with its sandbox.
                last = last with { State = ContainerState.ContainerExited, ExitCode = KilledExitCode };
            }

            if (ShouldStart(RestartRules.PolicyOf(pod, container), last, input))
            {
                Enqueue(input, container.Name, start, waiting);
            }
        }

        if (start.Count == 0 && waiting.Count == 0)
        {
            return new PodPlan { KillPod = true, SandboxId = old?.Id };
        }

        var init = pod.InitContainers();
        if (init.Count == 0)
        {
            return plan with { Start = [.. start], BackingOff = [.. waiting] };
        }

        // A new sandbox runs the init containers again, the first one first; the others come after it has ended or, a sidecar, started.
        var first = new List<string>();
        var firstWaiting = new List<BackingOff>();
        Enqueue(input, init[0].Name, first, firstWaiting);
        return plan with { StartInit = [.. first], BackingOff = [.. firstWaiting] };
    }

    /// <summary>Whether anything may start again in a new sandbox: a Pod whose containers all have the policy Never ends with its sandbox.</summary>
    private static bool MayRunAgain(PodPlanInput input) => input.Pod.Spec.Containers.Any(container =>
        RestartRules.PolicyOf(input.Pod, container) != "Never"
        || (input.Runtime.Find(container.Name) is { } last && input.Killed.Contains(last.Id)));

    /// <summary>
    /// All ordinary init containers of this sandbox exited with 0 and all sidecars have started, or a container of the Pod was already
    /// started in it.
    /// </summary>
    private static bool AreInitialized(PodPlanInput input)
    {
        var (pod, runtime) = (input.Pod, input.Runtime);
        var sandbox = runtime.Sandbox?.Id;
        if (pod.Spec.Containers.Any(c => Current(runtime, c.Name, sandbox) is not null))
        {
            return true;
        }

        return pod.InitContainers().All(c => c.IsSidecar()
            ? Current(runtime, c.Name, sandbox) is { Running: true } && !input.NotStarted.Contains(c.Name)
            : Current(runtime, c.Name, sandbox) is { Exited: true, ExitCode: 0 });
    }

    /// <summary>
    /// One init container after the other: the next one when an ordinary one has exited with 0, when a sidecar has started. Sidecars
    /// before the last one reached that have ended start again beside it.
    /// </summary>
    private static PodPlan PlanInit(PodPlanInput input, PodPlan plan)
    {
        var (pod, runtime) = (input.Pod, input.Runtime);
        var start = new List<string>();
        var waiting = new List<BackingOff>();
        var kill = new List<ContainerToKill>();
        var init = pod.InitContainers();
        var reached = init.Select((c, i) => Current(runtime, c.Name, plan.SandboxId) is null ? -1 : i).Max();
        for (var i = 0; i < init.Count; i++)
        {
            var container = init[i];
            var status = Current(runtime, container.Name, plan.SandboxId);
            if (container.IsSidecar())
            {
                if (status is { Running: true })
                {
                    if (Kill(container, "Always", status, input) is { } doomed)
                    {
                        kill.Add(doomed);
                        Enqueue(input, container.Name, start, waiting);
                    }
                }
                else
                {
                    Discard(status, kill);
                    Enqueue(input, container.Name, start, waiting);
                }

                if (i >= reached && (status is not { Running: true } || input.NotStarted.Contains(container.Name)))
                {
                    break;
                }

                continue;
            }

            if (status is { Exited: true, ExitCode: 0 })
            {
                continue;
            }

            if (status is { Exited: true } && RestartRules.PolicyOf(pod, container) == "Never")
            {
                // An init container that failed and may not run again fails the Pod.
                return plan with { KillPod = true };
            }

            if (status is not { Running: true })
            {
                Discard(status, kill);
                Enqueue(input, container.Name, start, waiting);
            }

            break;
        }

        return plan with { StartInit = [.. start], BackingOff = [.. waiting], Kill = [.. kill] };
    }

    private static PodPlan PlanContainers(PodPlanInput input, PodPlan plan)
    {
        var (pod, runtime) = (input.Pod, input.Runtime);
        var start = new List<string>();
        var startInit = new List<string>();
        var waiting = new List<BackingOff>();
        var kill = new List<ContainerToKill>();
        var kept = 0;
        foreach (var container in pod.Spec.Containers)
        {
            var status = runtime.Find(container.Name);
            if (status is { Running: true })
            {
                if (Kill(container, RestartRules.PolicyOf(pod, container), status, input) is not { } doomed)
                {
                    kept++;
                    continue;
                }

                kill.Add(doomed);
                if (doomed.Restart)
                {
                    Enqueue(input, container.Name, start, waiting);
                }

                continue;
            }

            if (!ShouldStart(RestartRules.PolicyOf(pod, container), status, input))
            {
                continue;
            }

            Discard(status, kill);
            Enqueue(input, container.Name, start, waiting);
        }

        if (kept == 0 && start.Count == 0 && waiting.Count == 0)
        {
            return plan with { KillPod = true };
        }

        foreach (var container in pod.InitContainers().Where(c => c.IsSidecar()))
        {
            var status = Current(runtime, container.Name, plan.SandboxId);
            if (status is { Running: true })
            {
                if (Kill(container, "Always", status, input) is { } doomed)
                {
                    kill.Add(doomed);
                    Enqueue(input, container.Name, startInit, waiting);
                }

                continue;
            }

            Discard(status, kill);
            Enqueue(input, container.Name, startInit, waiting);
        }

        return plan with { Start = [.. start], StartInit = [.. startInit], BackingOff = [.. waiting], Kill = [.. kill] };
    }

    /// <summary>
    /// Whether a running container must end: its spec changed, then it always runs again; or a probe gave it up, then it runs again
    /// unless its policy is Never. Kill and start stand in one plan, so that its exit code decides nothing.
    /// </summary>
    private static ContainerToKill? Kill(V1Container container, string policy, RuntimeContainer status, PodPlanInput input)
    {
        if (status.Hash.Length > 0 && status.Hash != ContainerHash.Of(container))
        {
            return new ContainerToKill(container.Name, status.Id, $"Container {container.Name} definition changed, will be restarted", Restart: true);
        }

        var restart = policy != "Never";
        return input.Unhealthy.TryGetValue(container.Name, out var why)
            ? new ContainerToKill(container.Name, status.Id, restart ? why + ", will be restarted" : why, restart)
            : null;
    }

    /// <summary>Whether a container that is not running shall run.</summary>
    private static bool ShouldStart(string restartPolicy, RuntimeContainer? status, PodPlanInput input) => status switch
    {
        null or { Exited: false } => true,
        _ when input.Killed.Contains(status.Id) => true,
        _ => RestartRules.RunsAgain(restartPolicy, status.ExitCode),
    };

    /// <summary>
    /// Ephemeral containers start once, whatever becomes of them: the status remembers the end of one that the runtime has forgotten. One that could not even
    /// be created is tried again.
    /// </summary>
    private static PodPlan PlanEphemeral(PodPlanInput input, PodPlan plan)
    {
        var start = new List<string>();
        var waiting = new List<BackingOff>();
        foreach (var container in input.Pod.EphemeralContainers().Where(
            c => input.Runtime.Find(c.Name) is null && !input.Held.Contains(c.Name) && !HasEnded(input.Pod, c.Name)))
        {
            Enqueue(input, container.Name, start, waiting);
        }

        return plan with { StartEphemeral = [.. start], BackingOff = [.. plan.BackingOff, .. waiting] };
    }

    private static bool HasEnded(V1Pod pod, string name) =>
        pod.Status?.EphemeralContainerStatuses?.Any(s => s.Name == name && s.State?.Terminated is not null) == true;

    /// <summary>What was created but never ran, or whose state nobody knows, is removed before its successor starts.</summary>
    private static void Discard(RuntimeContainer? status, List<ContainerToKill> kill)
    {
        if (status is { State: ContainerState.ContainerUnknown })
        {
            kill.Add(new ContainerToKill(
                status.Name, status.Id, $"Container is in {nameof(ContainerState.ContainerUnknown)} state, try killing it before restart",
                Restart: true));
        }
    }

    private static void Enqueue(PodPlanInput input, string name, List<string> start, List<BackingOff> waiting)
    {
        if (input.Backoff.TryGetValue(name, out var remaining) && remaining > TimeSpan.Zero)
        {
            waiting.Add(new BackingOff(name, remaining));
        }
        else
        {
            start.Add(name);
        }
    }

    /// <summary>The newest container of that name, if it belongs to the present sandbox: what ran in an earlier one no longer counts.</summary>
    private static RuntimeContainer? Current(RuntimePod runtime, string name, string? sandboxId) =>
        runtime.Find(name) is { } container && container.SandboxId == sandboxId ? container : null;
}
