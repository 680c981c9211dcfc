using k8s.Models;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>Whether a container that has ended runs again ("Container restarts" of the Pod lifecycle page). Pure.</summary>
internal static class RestartRules
{
    /// <summary>The container's own restartPolicy, where it has one (Kubernetes 1.34 and later), else the Pod's.</summary>
    public static string PolicyOf(V1Pod pod, V1Container container) =>
        container.RestartPolicy is { Length: > 0 } own ? own : pod.RestartPolicy();

    public static bool RunsAgain(string policy, int exitCode) => policy == "Always" || (policy != "Never" && exitCode != 0);
}
