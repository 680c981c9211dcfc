namespace Nacelle.ApiServer.Resources.PriorityClass;

/// <summary><c>scheduling.k8s.io/v1</c> PriorityClass.</summary>
internal static class PriorityClassResource
{
    public static ResourceType Type { get; } = new()
    {
        Group = "scheduling.k8s.io",
        StorageGroup = "scheduling.k8s.io",
        Kind = "PriorityClass",
        Plural = "priorityclasses",
        Default = PriorityClassDefaults.Apply,
        Singular = "priorityclass",
        ShortNames = ["pc"],
        Namespaced = false,
        CountsGeneration = true,
    };
}
