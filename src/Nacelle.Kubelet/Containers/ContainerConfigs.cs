using System.Globalization;
using Google.Protobuf;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.PodWorkers;
using Runtime.V1;

namespace Nacelle.Kubelet.Containers;

/// <summary>Turns a container of a Pod into what CRI is asked for. Pure.</summary>
internal static class ContainerConfigs
{
    public static ContainerConfig Of(
        V1Pod pod, V1Container container, PulledImage image, ContainerInputs inputs, int restartCount, Mount? terminationLog,
        string? targetId)
    {
        var config = new ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = container.Name, Attempt = (uint)restartCount },
            Image = new ImageSpec { Image = image.Id, UserSpecifiedImage = container.Image },
            WorkingDir = container.WorkingDir ?? "",
            LogPath = PodPaths.LogPath(container.Name, restartCount),
            Stdin = container.Stdin == true,
            StdinOnce = container.StdinOnce == true,
            Tty = container.Tty == true,
            StopSignal = StopSignal(container),
            Linux = new LinuxContainerConfig
            {
                Resources = inputs.Resources,
                SecurityContext = SecurityContexts.OfContainer(pod, container, image, targetId),
            },
        };
        config.Command.Add(inputs.Command);
        config.Args.Add(inputs.Args);
        config.Envs.Add(inputs.Environment.Select(e => new KeyValue { Key = e.Key, Value = ByteString.CopyFromUtf8(e.Value) }));
        config.Mounts.Add(inputs.Mounts);
        if (terminationLog is not null)
        {
            config.Mounts.Add(terminationLog);
        }

        config.Labels[CriLabels.ContainerName] = container.Name;
        config.Labels[CriLabels.PodName] = pod.Metadata.Name;
        config.Labels[CriLabels.PodNamespace] = pod.Metadata.NamespaceProperty;
        config.Labels[CriLabels.PodUid] = pod.Metadata.Uid;
        config.Annotations[CriLabels.ContainerHash] = ContainerHash.Of(container);
        config.Annotations[CriLabels.RestartCount] = restartCount.ToString(CultureInfo.InvariantCulture);
        config.Annotations[CriLabels.TerminationMessagePath] = container.TerminationMessagePath ?? "";
        config.Annotations[CriLabels.TerminationMessagePolicy] = container.TerminationMessagePolicy ?? "";
        config.Annotations[CriLabels.TerminationGracePeriod] = pod.GraceSeconds().ToString(CultureInfo.InvariantCulture);
        return config;
    }

    /// <summary>The names of CRI's enumeration are those of the API, <c>SIGRTMIN+1</c> written as <c>SIGRTMINPLUS1</c>.</summary>
    private static Signal StopSignal(V1Container container) =>
        container.Lifecycle?.StopSignal is { Length: > 0 } name
        && Enum.TryParse<Signal>(
            name.Replace("+", "plus", StringComparison.Ordinal).Replace("-", "minus", StringComparison.Ordinal), true, out var signal)
            ? signal
            : Signal.RuntimeDefault;
}
