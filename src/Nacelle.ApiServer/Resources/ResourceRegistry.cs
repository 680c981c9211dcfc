using System.Collections.Immutable;
using Nacelle.Kubernetes.Discovery;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.ApiServer.Resources;

/// <summary>All kinds that the server serves. Adding a kind is adding a folder and a line here.</summary>
public static class ResourceRegistry
{
    /// <summary>Every kind, in the order in which discovery lists them within their group.</summary>
    public static ImmutableArray<ResourceType> All { get; } =
    [
        Binding.BindingResource.Type,
        ConfigMap.ConfigMapResource.Type,
        Event.EventResource.Core,
        Namespace.NamespaceResource.Type,
        Node.NodeResource.Type,
        Pod.PodResource.Type,
        Secret.SecretResource.Type,
        ServiceAccount.ServiceAccountResource.Type,
        Event.EventResource.Events,
        Lease.LeaseResource.Type,
        RuntimeClass.RuntimeClassResource.Type,
        PriorityClass.PriorityClassResource.Type,
        .. Inspect.InspectResources.Types,
    ];

    private static readonly Dictionary<(string Group, string Version, string Plural), ResourceType> ByPath =
        All.ToDictionary(t => (t.Group, t.Version, t.Plural));

    /// <summary>The same as discovery and OpenAPI name them.</summary>
    public static ImmutableArray<ApiResource> Served { get; } = [.. All.Where(t => !t.Aggregated).Select(t => t.ToApiResource()), .. InspectGroup.Resources];

    /// <summary>The kind behind a path, or null.</summary>
    public static ResourceType? Find(string group, string version, string plural) =>
        ByPath.GetValueOrDefault((group, version, plural));

    /// <summary>The kind with this group, version and kind, or null.</summary>
    public static ResourceType? FindKind(string group, string version, string kind) =>
        All.FirstOrDefault(t => t.Group == group && t.Version == version && t.Kind == kind);
}
