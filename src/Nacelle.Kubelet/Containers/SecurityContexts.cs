using k8s.Models;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubelet.Status;
using Runtime.V1;

namespace Nacelle.Kubelet.Containers;

/// <summary>
/// The security settings of sandboxes and containers: the container's own win over the Pod's, and the image's user counts only where
/// neither says one. Pure.
/// </summary>
internal static class SecurityContexts
{
    /// <summary>What a container must not see or change of the host, from the defaults of Kubernetes.</summary>
    private static readonly string[] MaskedPaths =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadonlyPaths =
        ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static LinuxSandboxSecurityContext OfSandbox(V1Pod pod)
    {
        var context = new LinuxSandboxSecurityContext
        {
            NamespaceOptions = Namespaces.Of(pod),
            Privileged = pod.AllContainers().Any(c => c.SecurityContext?.Privileged == true),
            Seccomp = new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
        };
        if (pod.Spec.SecurityContext is { } settings)
        {
            context.RunAsUser = Value(settings.RunAsUser);
            context.RunAsGroup = Value(settings.RunAsGroup);
            context.SupplementalGroups.Add(Groups(settings));
        }

        return context;
    }

    /// <exception cref="ContainerStartException">runAsNonRoot would be broken (CreateContainerConfigError).</exception>
    public static LinuxContainerSecurityContext OfContainer(V1Pod pod, V1Container container, PulledImage image, string? targetId)
    {
        var (own, shared) = (container.SecurityContext, pod.Spec.SecurityContext);
        VerifyNonRoot(pod, container, image);
        var unmasked = own?.ProcMount == "Unmasked";
        var context = new LinuxContainerSecurityContext
        {
            NamespaceOptions = Namespaces.Of(pod, targetId),
            Privileged = own?.Privileged == true,
            ReadonlyRootfs = own?.ReadOnlyRootFilesystem == true,
            NoNewPrivs = own?.AllowPrivilegeEscalation == false,
            RunAsUser = Value(own?.RunAsUser ?? shared?.RunAsUser),
            RunAsGroup = Value(own?.RunAsGroup ?? shared?.RunAsGroup),
            Seccomp = Seccomp(own?.SeccompProfile ?? shared?.SeccompProfile),
            SupplementalGroupsPolicy = shared?.SupplementalGroupsPolicy == "Strict"
                ? SupplementalGroupsPolicy.Strict
                : SupplementalGroupsPolicy.Merge,
        };
        if (context.RunAsUser is null)
        {
            context.RunAsUser = Value(image.Uid);
            context.RunAsUsername = image.Uid is null ? image.UserName : "";
        }

        if (own?.Capabilities is { } capabilities)
        {
            context.Capabilities = new Capability();
            context.Capabilities.AddCapabilities.Add(capabilities.Add ?? []);
            context.Capabilities.DropCapabilities.Add(capabilities.Drop ?? []);
        }

        if (shared is not null)
        {
            context.SupplementalGroups.Add(Groups(shared));
        }

        if (!unmasked)
        {
            context.MaskedPaths.Add(MaskedPaths);
            context.ReadonlyPaths.Add(ReadonlyPaths);
        }

        return context;
    }

    private static void VerifyNonRoot(V1Pod pod, V1Container container, PulledImage image)
    {
        var (own, shared) = (container.SecurityContext, pod.Spec.SecurityContext);
        if ((own?.RunAsNonRoot ?? shared?.RunAsNonRoot) != true)
        {
            return;
        }

        var text = (own?.RunAsUser ?? shared?.RunAsUser, image) switch
        {
            (0, _) => EventTexts.RunAsRootUser(pod.FullName(), container.Name),
            (not null, _) => null,
            (null, { Uid: 0 }) => EventTexts.RunAsRootImage(pod.FullName(), container.Name),
            (null, { Uid: null, UserName.Length: > 0 }) =>
                EventTexts.RunAsUnknownUser(image.UserName, pod.FullName(), container.Name),

            // An image that names no user runs as root.
            (null, { Uid: null }) => EventTexts.RunAsRootImage(pod.FullName(), container.Name),
            _ => null,
        };
        if (text is not null)
        {
            throw new ContainerStartException(new WaitingReason("CreateContainerConfigError", text)) { RetryAfter = TimeSpan.FromSeconds(10) };
        }
    }

    /// <summary>Without a profile a container runs unconfined: Kubernetes' default. Localhost profiles are refused earlier (UnsupportedFields).</summary>
    private static SecurityProfile Seccomp(V1SeccompProfile? profile) => new()
    {
        ProfileType = profile?.Type == "RuntimeDefault"
            ? SecurityProfile.Types.ProfileType.RuntimeDefault
            : SecurityProfile.Types.ProfileType.Unconfined,
    };

    private static IEnumerable<long> Groups(V1PodSecurityContext settings) =>
        (settings.FsGroup is { } group ? new[] { group } : []).Concat((settings.SupplementalGroups ?? []).OfType<long>());

    private static Int64Value? Value(long? value) => value is { } known ? new Int64Value { Value = known } : null;
}
