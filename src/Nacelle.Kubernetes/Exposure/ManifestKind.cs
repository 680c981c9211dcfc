using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>A kind that holds a Pod's spec, and where.</summary>
/// <param name="Template">Path to the Pod template; empty for a Pod itself.</param>
internal sealed record ManifestKind(string ApiVersion, string Kind, ImmutableArray<string> Template)
{
    private static readonly ImmutableArray<string> InSpec = ["spec", "template"];

    public static ImmutableArray<ManifestKind> All { get; } =
    [
        new("v1", "Pod", []),
        new("v1", "PodTemplate", ["template"]),
        new("v1", "ReplicationController", InSpec),
        new("apps/v1", "Deployment", InSpec),
        new("apps/v1", "DaemonSet", InSpec),
        new("apps/v1", "StatefulSet", InSpec),
        new("apps/v1", "ReplicaSet", InSpec),
        new("batch/v1", "Job", InSpec),
        new("batch/v1", "CronJob", ["spec", "jobTemplate", "spec", "template"]),
    ];
}
