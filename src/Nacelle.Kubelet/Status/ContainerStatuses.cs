using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.PodWorkers;
using Runtime.V1;

namespace Nacelle.Kubelet.Status;

/// <summary>Builds the container statuses of a Pod. Pure.</summary>
internal static class ContainerStatuses
{
    /// <summary>Exit code of a container that vanished without anybody seeing its end, as kubelets report it.</summary>
    private const int LostExitCode = 137;

    public static ImmutableArray<V1ContainerStatus> Of(PodStatusInput input, IEnumerable<V1Container> specs, bool init) =>
        [.. specs.Select(spec => One(input, spec, init, ephemeral: false))];

    /// <summary>An ephemeral container is never restarted and never ready.</summary>
    public static ImmutableArray<V1ContainerStatus> OfEphemeral(PodStatusInput input) =>
        [.. input.Pod.EphemeralContainers().Select(spec => One(input, spec, init: false, ephemeral: true))];

    private static V1ContainerStatus One(PodStatusInput input, V1Container spec, bool init, bool ephemeral)
    {
        var current = input.Runtime.Find(spec.Name);
        var old = Old(input.Pod, spec.Name);
        if (current is null)
        {
            return ephemeral && old?.State?.Terminated is not null ? old : NeverSeen(input, spec, old, init);
        }

        var status = new V1ContainerStatus
        {
            Name = spec.Name,
            Image = current.Image.Length > 0 ? current.Image : spec.Image,
            ImageID = current.ImageRef,
            ContainerID = $"{input.RuntimeName}://{current.Id}",
            RestartCount = current.RestartCount,
            State = State(input, spec, current),
            LastState = new V1ContainerState(),
            VolumeMounts = VolumeMounts(spec),
        };
        if (input.Runtime.FindPrevious(spec.Name) is { Exited: true } previous)
        {
            status.LastState = new V1ContainerState { Terminated = Terminated(input, previous) };
        }
        else if (old?.LastState?.Terminated is { } kept && old.ContainerID == status.ContainerID)
        {
            status.LastState = new V1ContainerState { Terminated = kept };
        }

        if (current.Exited && !ephemeral && !input.Ended && (input.Waiting.ContainsKey(spec.Name) || RunsAgain(input, spec, current)))
        {
            status.LastState = new V1ContainerState { Terminated = status.State.Terminated };
            status.State = new V1ContainerState { Waiting = Waiting(input, spec) };
        }

        SetReady(input, spec, current, status, init, ephemeral);
        if (current.Running)
        {
            status.User = current.User is { } user
                ? new V1ContainerUser
                {
                    Linux = new V1LinuxContainerUser
                    {
                        Uid = user.Uid,
                        Gid = user.Gid,
                        SupplementalGroups = [.. user.SupplementalGroups.Select(g => (long?)g)],
                    },
                }
                : null;
            status.Resources = spec.Resources is { } r && (r.Limits is not null || r.Requests is not null) ? r : null;
            status.AllocatedResources = spec.Resources?.Requests;
        }

        return status;
    }

    /// <summary>
    /// It runs again though the Pod's restartPolicy alone would end it: shown as waiting, since an API server that knows only the Pod's
    /// policy lets no container leave the state terminated.
    /// </summary>
    private static bool RunsAgain(PodStatusInput input, V1Container spec, RuntimeContainer current) =>
        input.Killed.Contains(current.Id)
        || (!input.Pod.IsInit(spec.Name)
            && RestartRules.RunsAgain(RestartRules.PolicyOf(input.Pod, spec), current.ExitCode)
            && !RestartRules.RunsAgain(input.Pod.RestartPolicy(), current.ExitCode));

    private static void SetReady(
        PodStatusInput input, V1Container spec, RuntimeContainer current, V1ContainerStatus status, bool init, bool ephemeral)
    {
        var started = current.Running && !input.NotStarted.Contains(spec.Name);
        status.Started = ephemeral ? current.Running : started;
        status.Ready = ephemeral
            ? false
            : init && !spec.IsSidecar()
                ? status.State.Terminated is { ExitCode: 0 }
                : started && !input.NotReady.Contains(spec.Name);
        if (init && !spec.IsSidecar())
        {
            status.Started = current.Running;
        }
    }

    private static V1ContainerState State(PodStatusInput input, V1Container spec, RuntimeContainer current) => current.State switch
    {
        ContainerState.ContainerRunning => new V1ContainerState
        {
            Running = new V1ContainerStateRunning { StartedAt = PodStatusBuilder.Seconds(current.StartedAt ?? current.CreatedAt) },
        },
        ContainerState.ContainerExited => new V1ContainerState { Terminated = Terminated(input, current) },
        _ => new V1ContainerState { Waiting = Waiting(input, spec) },
    };

    private static V1ContainerStateTerminated Terminated(PodStatusInput input, RuntimeContainer container) => new()
    {
        ContainerID = $"{input.RuntimeName}://{container.Id}",
        ExitCode = container.ExitCode,
        Reason = container.Reason.Length > 0 ? container.Reason : container.ExitCode == 0 ? "Completed" : "Error",
        Message = container.Message.Length > 0 ? container.Message : null,
        StartedAt = container.StartedAt is { } started ? PodStatusBuilder.Seconds(started) : null,
        FinishedAt = container.FinishedAt is { } finished ? PodStatusBuilder.Seconds(finished) : null,
    };

    private static V1ContainerStatus NeverSeen(PodStatusInput input, V1Container spec, V1ContainerStatus? old, bool init)
    {
        var status = new V1ContainerStatus
        {
            Name = spec.Name,
            Image = spec.Image,
            ImageID = "",
            Ready = false,
            Started = false,
            RestartCount = old?.RestartCount ?? 0,
            State = new V1ContainerState { Waiting = Waiting(input, spec) },
            LastState = new V1ContainerState(),
            VolumeMounts = VolumeMounts(spec),
        };
        if (old is null)
        {
            return status;
        }

        // The API remembers a container that the runtime no longer has: keep what is known, and say so where it was running.
        status.LastState = old.LastState ?? status.LastState;
        if (old.State?.Terminated is { } ended && (input.Ended || init))
        {
            status.State = new V1ContainerState { Terminated = ended };
            status.ContainerID = old.ContainerID;
            status.ImageID = old.ImageID;
            status.Ready = init && ended.ExitCode == 0;
        }
        else if (old.State?.Running is { } running)
        {
            var lost = new V1ContainerStateTerminated
            {
                ContainerID = old.ContainerID,
                ExitCode = LostExitCode,
                Reason = "ContainerStatusUnknown",
                Message = "The container could not be located when the pod was terminated",
                StartedAt = running.StartedAt,
            };
            if (input.Ended)
            {
                status.State = new V1ContainerState { Terminated = lost };
            }
            else
            {
                lost.Message = "The container could not be located when the pod was deleted.  The container used to be Running";
                status.LastState = new V1ContainerState { Terminated = lost };
            }
        }

        return status;
    }

    private static V1ContainerStateWaiting Waiting(PodStatusInput input, V1Container spec)
    {
        if (input.Waiting.TryGetValue(spec.Name, out var why))
        {
            return new V1ContainerStateWaiting { Reason = why.Reason, Message = why.Message.Length > 0 ? why.Message : null };
        }

        var pod = input.Pod;
        var initializing = pod.InitContainers().Count > 0 && !pod.IsInit(spec.Name) && !pod.IsEphemeral(spec.Name);
        var firstInit = pod.IsInit(spec.Name) && pod.InitContainers()[0].Name != spec.Name;
        return new V1ContainerStateWaiting { Reason = initializing || firstInit ? "PodInitializing" : "ContainerCreating" };
    }

    private static List<V1VolumeMountStatus>? VolumeMounts(V1Container spec) => spec.VolumeMounts is { Count: > 0 } mounts
        ? [.. mounts.Select(m => new V1VolumeMountStatus
        {
            Name = m.Name,
            MountPath = m.MountPath,
            ReadOnlyProperty = m.ReadOnlyProperty,
            RecursiveReadOnly = m.ReadOnlyProperty == true ? "Disabled" : null,
        })]
        : null;

    private static V1ContainerStatus? Old(V1Pod pod, string name) =>
        (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? [])
        .Concat(pod.Status?.EphemeralContainerStatuses ?? []).FirstOrDefault(c => c.Name == name);
}
