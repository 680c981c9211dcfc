using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubelet.Volumes;

namespace Nacelle.Kubelet.Containers;

/// <summary>
/// Every field of a Pod's spec that this kubelet does not act on, in one table: no field is ignored in silence. SCOPE.md is made from
/// it. Fields that are the scheduler's or the API server's alone are not here.
/// </summary>
public static class UnsupportedFields
{
    public static ImmutableArray<FieldRule> Rules { get; } =
    [
        Pod("spec.hostUsers", FieldEffect.Refused, s => s.HostUsers == false),
        Pod("spec.runtimeClassName", FieldEffect.Refused, s => s.RuntimeClassName is { Length: > 0 }),
        Pod("spec.resourceClaims", FieldEffect.Refused, s => s.ResourceClaims is { Count: > 0 }),
        Pod("spec.os.name", FieldEffect.Refused, s => s.Os is { Name: not "linux" }),
        Pod("spec.securityContext.seLinuxOptions", FieldEffect.Refused, s => s.SecurityContext?.SeLinuxOptions is not null),
        Pod("spec.securityContext.appArmorProfile", FieldEffect.Refused, s => Confined(s.SecurityContext?.AppArmorProfile)),
        Pod("spec.securityContext.windowsOptions", FieldEffect.Refused, s => s.SecurityContext?.WindowsOptions is not null),
        Pod("spec.securityContext.seccompProfile.localhostProfile", FieldEffect.Refused,
            s => s.SecurityContext?.SeccompProfile?.Type == "Localhost"),
        Container("securityContext.seLinuxOptions", FieldEffect.Refused, c => c.SecurityContext?.SeLinuxOptions is not null),
        Container("securityContext.appArmorProfile", FieldEffect.Refused, c => Confined(c.SecurityContext?.AppArmorProfile)),
        Container("securityContext.windowsOptions", FieldEffect.Refused, c => c.SecurityContext?.WindowsOptions is not null),
        Container("securityContext.seccompProfile.localhostProfile", FieldEffect.Refused,
            c => c.SecurityContext?.SeccompProfile?.Type == "Localhost"),
        Container("volumeDevices", FieldEffect.Refused, c => c.VolumeDevices is { Count: > 0 }),
        Container("volumeMounts[*].recursiveReadOnly", FieldEffect.Refused, c => c.VolumeMounts?.Any(m => m.RecursiveReadOnly == "Enabled") == true),
        Container("resources.claims", FieldEffect.Refused, c => c.Resources?.Claims is { Count: > 0 }),
        Container("env[*].valueFrom.fileKeyRef", FieldEffect.Refused, c => c.Env?.Any(e => e.ValueFrom?.FileKeyRef is not null) == true),
        Each("spec.volumes[*]", FieldEffect.Refused, UnsupportedVolumes),

        Container("restartPolicyRules", FieldEffect.Ignored, c => c.RestartPolicyRules is { Count: > 0 }),
        Container("livenessProbe.terminationGracePeriodSeconds", FieldEffect.Ignored,
            c => c.LivenessProbe?.TerminationGracePeriodSeconds is not null),
        Container("startupProbe.terminationGracePeriodSeconds", FieldEffect.Ignored,
            c => c.StartupProbe?.TerminationGracePeriodSeconds is not null),
        Pod("spec.setHostnameAsFQDN", FieldEffect.Ignored, s => s.SetHostnameAsFQDN == true),
        Pod("spec.subdomain", FieldEffect.Ignored, s => s.Subdomain is { Length: > 0 }),
        Pod("spec.resources", FieldEffect.Ignored, s => s.Resources is not null),
        Pod("spec.securityContext.fsGroupChangePolicy", FieldEffect.Ignored, s => s.SecurityContext?.FsGroupChangePolicy is not (null or "Always")),
        Pod("spec.securityContext.seLinuxChangePolicy", FieldEffect.Ignored, s => s.SecurityContext?.SeLinuxChangePolicy is not null),
        Pod("spec.automountServiceAccountToken", FieldEffect.Ignored, s => s.AutomountServiceAccountToken == true),
        Each("spec.tolerations[*].tolerationSeconds", FieldEffect.Ignored, TolerationSeconds),
        Each("spec.volumes[*].emptyDir.sizeLimit", FieldEffect.Ignored, DiskSizeLimits),
        Container("resources.limits.ephemeral-storage", FieldEffect.Ignored, c => c.Resources?.Limits?.ContainsKey("ephemeral-storage") == true),
        Container("resizePolicy[*].restartPolicy", FieldEffect.Ignored, c => c.ResizePolicy?.Any(p => p.RestartPolicy == "RestartContainer") == true),
    ];

    /// <summary>What this Pod uses of the table, in the table's order.</summary>
    public static ImmutableArray<FieldUse> Find(V1Pod pod) =>
        [.. Rules.SelectMany(rule => rule.Uses(pod))];

    private static FieldRule Pod(string field, FieldEffect effect, Func<V1PodSpec, bool> uses) =>
        new(field, effect, pod => uses(pod.Spec) ? [new FieldUse(field, effect)] : []);

    /// <summary>A field of the elements of a list; the function gives the paths.</summary>
    private static FieldRule Each(string field, FieldEffect effect, Func<V1PodSpec, IEnumerable<string>> paths) =>
        new(field, effect, pod => paths(pod.Spec).Select(path => new FieldUse(path, effect)));

    private static FieldRule Container(string field, FieldEffect effect, Func<V1Container, bool> uses) => new(
        "spec.containers[*]." + field,
        effect,
        pod => Paths(pod).Where(p => uses(p.Container)).Select(p =>
            new FieldUse($"{p.Path}.{field.Replace("[*]", "", StringComparison.Ordinal)}", effect)
            {
                Ephemeral = pod.IsEphemeral(p.Container.Name) ? p.Container.Name : null,
            }));

    private static IEnumerable<(string Path, V1Container Container)> Paths(V1Pod pod) =>
        pod.InitContainers().Select((c, i) => ($"spec.initContainers[{i}]", c))
        .Concat(pod.Spec.Containers.Select((c, i) => ($"spec.containers[{i}]", c)))
        .Concat(pod.EphemeralContainers().Select((c, i) => ($"spec.ephemeralContainers[{i}]", c)));

    private static bool Confined(V1AppArmorProfile? profile) => profile is { Type: not "Unconfined" };

    private static IEnumerable<string> UnsupportedVolumes(V1PodSpec spec) => (spec.Volumes ?? [])
        .Select((volume, i) => (Volume: volume, Index: i))
        .Where(v => v.Volume is { EmptyDir: null, HostPath: null, ConfigMap: null, Secret: null, DownwardAPI: null, Projected: null })
        .Select(v => $"spec.volumes[{v.Index}].{VolumeKind.NameOf(v.Volume)}");

    /// <summary>All but the two that every Pod gets from the API server.</summary>
    private static IEnumerable<string> TolerationSeconds(V1PodSpec spec) => (spec.Tolerations ?? [])
        .Select((toleration, i) => (Toleration: toleration, Index: i))
        .Where(t => t.Toleration is { TolerationSeconds: not null } and not
        {
            Key: "node.kubernetes.io/not-ready" or "node.kubernetes.io/unreachable",
            Effect: "NoExecute",
            TolerationSeconds: 300,
        })
        .Select(t => $"spec.tolerations[{t.Index}].tolerationSeconds");

    /// <summary>In memory the kernel keeps the limit, on disk nobody measures.</summary>
    private static IEnumerable<string> DiskSizeLimits(V1PodSpec spec) => (spec.Volumes ?? [])
        .Select((volume, i) => (Volume: volume, Index: i))
        .Where(v => v.Volume.EmptyDir is { SizeLimit: not null, Medium: not "Memory" })
        .Select(v => $"spec.volumes[{v.Index}].emptyDir.sizeLimit");
}
