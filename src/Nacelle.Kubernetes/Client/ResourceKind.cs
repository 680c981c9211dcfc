using k8s;
using k8s.Models;

namespace Nacelle.Kubernetes.Client;

/// <summary>Where a kind is served, for example <c>api/v1</c> and <c>pods</c>.</summary>
public sealed record ResourceKind<T>(string Prefix, string Plural, bool Namespaced)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Path of the collection; a null namespace means all namespaces.</summary>
    public string CollectionPath(string? ns) =>
        Namespaced && ns is not null ? $"{Prefix}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}" : $"{Prefix}/{Plural}";

    /// <summary>Path of one object or of one of its subresources.</summary>
    public string ObjectPath(string? ns, string name, string? subresource = null) =>
        $"{CollectionPath(ns)}/{Uri.EscapeDataString(name)}{(subresource is null ? "" : "/" + subresource)}";
}
