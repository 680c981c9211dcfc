using k8s.Models;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>Reads of a Pod's spec that several parts need.</summary>
internal static class PodSpecs
{
    /// <summary>Kubernetes' default grace period in seconds.</summary>
    private const long DefaultGraceSeconds = 30;

    public static IList<V1Container> InitContainers(this V1Pod pod) => pod.Spec.InitContainers ?? [];

    /// <summary>Ephemeral containers have the same fields, one more, and a type of their own.</summary>
    public static IEnumerable<V1Container> EphemeralContainers(this V1Pod pod) => (pod.Spec.EphemeralContainers ?? []).Select(AsContainer);

    public static IEnumerable<V1Container> AllContainers(this V1Pod pod) =>
        pod.InitContainers().Concat(pod.Spec.Containers).Concat(pod.EphemeralContainers());

    public static V1Container? FindContainer(this V1Pod pod, string name) => pod.AllContainers().FirstOrDefault(c => c.Name == name);

    public static bool IsEphemeral(this V1Pod pod, string name) => pod.Spec.EphemeralContainers?.Any(c => c.Name == name) == true;

    public static bool IsInit(this V1Pod pod, string name) => pod.InitContainers().Any(c => c.Name == name);

    /// <summary>An init container with restartPolicy Always runs beside the Pod's containers.</summary>
    public static bool IsSidecar(this V1Container container) => container.RestartPolicy == "Always";

    public static string RestartPolicy(this V1Pod pod) => pod.Spec.RestartPolicy ?? "Always";

    /// <summary>The grace period that counts now, in seconds, never less than 1.</summary>
    public static long GraceSeconds(this V1Pod pod) =>
        Math.Max(1, pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? DefaultGraceSeconds);

    /// <summary>As events and back-off messages name a Pod: <c>name_namespace(uid)</c>.</summary>
    public static string FullName(this V1Pod pod) => $"{pod.Metadata.Name}_{pod.Metadata.NamespaceProperty}({pod.Metadata.Uid})";

    private static V1Container AsContainer(V1EphemeralContainer c) => new()
    {
        Args = c.Args,
        Command = c.Command,
        Env = c.Env,
        EnvFrom = c.EnvFrom,
        Image = c.Image,
        ImagePullPolicy = c.ImagePullPolicy,
        Lifecycle = c.Lifecycle,
        LivenessProbe = c.LivenessProbe,
        Name = c.Name,
        Ports = c.Ports,
        ReadinessProbe = c.ReadinessProbe,
        ResizePolicy = c.ResizePolicy,
        Resources = c.Resources,
        RestartPolicy = c.RestartPolicy,
        SecurityContext = c.SecurityContext,
        StartupProbe = c.StartupProbe,
        Stdin = c.Stdin,
        StdinOnce = c.StdinOnce,
        TerminationMessagePath = c.TerminationMessagePath,
        TerminationMessagePolicy = c.TerminationMessagePolicy,
        Tty = c.Tty,
        VolumeDevices = c.VolumeDevices,
        VolumeMounts = c.VolumeMounts,
        WorkingDir = c.WorkingDir,
    };
}
