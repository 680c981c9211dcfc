using System.Globalization;
using k8s.Models;

namespace Nacelle.Kubelet.Containers;

/// <summary>Where the files of Pods are: the layout that log collectors and the CRI documents expect.</summary>
public sealed record PodPaths(string StateDirectory, string PodLogsDirectory)
{
    /// <summary>Holds a directory for each Pod.</summary>
    public string PodsDirectory => Path.Combine(StateDirectory, "pods");

    /// <summary>Everything the kubelet keeps of one Pod.</summary>
    public string PodDirectory(string uid) => Path.Combine(PodsDirectory, uid);

    /// <summary>Termination messages of one container, one file for each start.</summary>
    public string ContainerDirectory(string uid, string container) => Path.Combine(PodDirectory(uid), "containers", container);

    public string LogDirectory(V1Pod pod) =>
        Path.Combine(PodLogsDirectory, $"{pod.Metadata.NamespaceProperty}_{pod.Metadata.Name}_{pod.Metadata.Uid}");

    /// <summary>Relative to <see cref="LogDirectory"/>, as CRI wants it.</summary>
    public static string LogPath(string container, int restartCount) =>
        string.Create(CultureInfo.InvariantCulture, $"{container}/{restartCount}.log");
}
