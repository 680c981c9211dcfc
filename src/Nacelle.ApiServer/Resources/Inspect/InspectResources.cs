using System.Collections.Immutable;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.ApiServer.Resources.Inspect;

/// <summary><c>inspect.nacelle.dev</c>: processes and files of Pods, which the kubelet's port serves.</summary>
internal static class InspectResources
{
    public static ImmutableArray<ResourceType> Types { get; } = [.. InspectGroup.Resources.Select(resource => new ResourceType
    {
        Group = InspectGroup.Name,
        StorageGroup = InspectGroup.Name,
        Version = InspectGroup.Version,
        Kind = resource.Kind,
        Plural = resource.Plural,
        Singular = resource.Singular,
        ShortNames = resource.ShortNames,
        Namespaced = true,
        Aggregated = true,
        Verbs = resource.Verbs,
        Subresources = [.. resource.Subresources.Select(sub => new Subresource { Name = sub.Name, Kind = sub.Kind, Verbs = sub.Verbs })],
    })];
}
