using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>Keeps the sandbox's own process from being ended by mistake: the Pod depends on it.</summary>
internal static class SandboxGuard
{
    /// <exception cref="ApiStatusException">403, with what would happen.</exception>
    public static void Check(InspectRequest request, IndexedProcess process, bool forced)
    {
        var container = process.Value.Container;
        if (container.Kind != ContainerKind.Sandbox || forced)
        {
            return;
        }

        var shares = request.Services.Pods.FindByUid(container.Pod.Uid)?.Spec.ShareProcessNamespace == true;
        var consequence = shares
            ? "it is PID 1 of the Pod's process namespace: if it ends, the kernel kills every process of the Pod, and the sandbox is made again"
            : "it holds the Pod's network: if it ends, every container of the Pod is killed, and the sandbox is made again";
        throw ApiStatusException.Forbidden(InspectGroup.Name, InspectGroup.Processes, process.Value.Name,
            $"this is the sandbox's own process: {consequence}; 'nacelle signal --force-sandbox' does it anyway");
    }
}
