namespace Nacelle.Controllers.Namespaces;

/// <summary>A resource that discovery names: where its objects in a namespace are, and whether they can be deleted all at once.</summary>
public sealed record NamespacedResource(string Prefix, string Group, string Plural, bool HasDeleteCollection)
{
    /// <summary><c>pods.</c> or <c>leases.coordination.k8s.io</c>: how the conditions of a namespace name a resource.</summary>
    public string DisplayName => $"{Plural}.{Group}";

    public bool IsPods => Group.Length == 0 && Plural == "pods";

    public string CollectionPath(string ns) => $"{Prefix}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}";
}
