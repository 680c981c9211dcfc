namespace Nacelle.ApiServer.Resources.RuntimeClass;

/// <summary><c>node.k8s.io/v1</c> RuntimeClass.</summary>
internal static class RuntimeClassResource
{
    public static ResourceType Type { get; } = new()
    {
        Group = "node.k8s.io",
        StorageGroup = "node.k8s.io",
        Kind = "RuntimeClass",
        Plural = "runtimeclasses",
        Singular = "runtimeclass",
        Namespaced = false,
    };
}
