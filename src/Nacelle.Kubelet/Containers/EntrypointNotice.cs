using k8s.Models;
using Nacelle.Kubernetes.Entrypoints;
using Runtime.V1;

namespace Nacelle.Kubelet.Containers;

/// <summary>What is to be said about a container's first program before it starts where it will not be PID 1. Pure.</summary>
internal static class EntrypointNotice
{
    /// <summary>Whether the container may share another's process namespace.</summary>
    public static bool MayConcern(V1Pod pod, string container) =>
        Namespaces.Of(pod).Pid != NamespaceMode.Container
        || pod.Spec.EphemeralContainers?.Any(c => c.Name == container && c.TargetContainerName is { Length: > 0 }) == true;

    /// <param name="config">What CRI is asked for: command, args and variables as they will be.</param>
    /// <param name="image">The image's configuration; without it the command alone tells.</param>
    /// <returns>Null where nothing is to be said.</returns>
    public static string? Of(ContainerConfig config, ImageConfiguration? image)
    {
        var pid = config.Linux.SecurityContext.NamespaceOptions.Pid switch
        {
            NamespaceMode.Pod => PidNamespace.Pod,
            NamespaceMode.Node => PidNamespace.Node,
            NamespaceMode.Target => PidNamespace.Target,
            _ => PidNamespace.Container,
        };
        if (pid == PidNamespace.Container)
        {
            return null;
        }

        var environment = config.Envs.Select(e => KeyValuePair.Create(e.Key, e.Value.ToStringUtf8()));
        var entrypoint = Entrypoint.Of(image, config.Command, config.Args, environment) with { EnvironmentComplete = image is not null };
        return EntrypointClassifier.Classify(entrypoint).Describe(pid);
    }
}
