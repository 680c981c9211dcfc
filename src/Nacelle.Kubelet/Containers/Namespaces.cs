using k8s.Models;
using Nacelle.Kubelet.PodWorkers;
using Runtime.V1;

namespace Nacelle.Kubelet.Containers;

/// <summary>Which namespaces a sandbox and its containers share. Every mode is given explicitly: CRI's zero value would share the PIDs.</summary>
internal static class Namespaces
{
    /// <param name="pod">The Pod.</param>
    /// <param name="targetId">Id of the container whose processes an ephemeral container shall see, or null.</param>
    public static NamespaceOption Of(V1Pod pod, string? targetId = null)
    {
        var spec = pod.Spec;
        var options = new NamespaceOption
        {
            Network = spec.HostNetwork == true ? NamespaceMode.Node : NamespaceMode.Pod,
            Ipc = spec.HostIPC == true ? NamespaceMode.Node : NamespaceMode.Pod,
            Pid = spec.HostPID == true ? NamespaceMode.Node
                : spec.ShareProcessNamespace == true ? NamespaceMode.Pod
                : NamespaceMode.Container,
        };
        if (targetId is not null && options.Pid == NamespaceMode.Container)
        {
            options.Pid = NamespaceMode.Target;
            options.TargetId = targetId;
        }

        return options;
    }
}
