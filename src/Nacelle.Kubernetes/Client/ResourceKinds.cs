using k8s.Models;

namespace Nacelle.Kubernetes.Client;

/// <summary>The kinds our clients use. Each needs its types in <see cref="KubernetesJsonContext"/> too.</summary>
public static class ResourceKinds
{
    private const string Core = "api/v1";

    public static ResourceKind<V1Pod> Pods { get; } = new(Core, "pods", true);
    public static ResourceKind<V1Node> Nodes { get; } = new(Core, "nodes", false);
    public static ResourceKind<V1Namespace> Namespaces { get; } = new(Core, "namespaces", false);
    public static ResourceKind<V1ConfigMap> ConfigMaps { get; } = new(Core, "configmaps", true);
    public static ResourceKind<V1Secret> Secrets { get; } = new(Core, "secrets", true);
    public static ResourceKind<V1ServiceAccount> ServiceAccounts { get; } = new(Core, "serviceaccounts", true);
    public static ResourceKind<Corev1Event> Events { get; } = new(Core, "events", true);
    public static ResourceKind<V1Service> Services { get; } = new(Core, "services", true);
    public static ResourceKind<V1Lease> Leases { get; } = new("apis/coordination.k8s.io/v1", "leases", true);
}
