using k8s.Models;

namespace Nacelle.Kubelet;

/// <summary>
/// What a Pod refers to in its own namespace, as the caller fetches it: from the API server, or from a cache it watches. Each returns null where
/// there is no such object (404) and throws for any other trouble.
/// </summary>
public sealed record PodObjects
{
    /// <summary>Namespace and name to ConfigMap.</summary>
    public required Func<string, string, CancellationToken, Task<V1ConfigMap?>> ConfigMap { get; init; }

    /// <summary>Namespace and name to Secret.</summary>
    public required Func<string, string, CancellationToken, Task<V1Secret?>> Secret { get; init; }

    /// <summary>The Services of a namespace; none where the API has no Services.</summary>
    public Func<string, CancellationToken, Task<IReadOnlyList<V1Service>>> Services { get; init; } =
        static (_, _) => Task.FromResult<IReadOnlyList<V1Service>>([]);
}
