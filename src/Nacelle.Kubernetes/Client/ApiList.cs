using k8s.Models;

namespace Nacelle.Kubernetes.Client;

/// <summary>Any <c>…List</c> object.</summary>
public sealed record ApiList<T>
{
    public V1ListMeta? Metadata { get; init; }

    public List<T> Items { get; init; } = [];
}
