namespace Nacelle.ApiServer.Resources.Lease;

/// <summary><c>coordination.k8s.io/v1</c> Lease: the heartbeat of a node, a lock between controllers.</summary>
internal static class LeaseResource
{
    public static ResourceType Type { get; } = new()
    {
        Group = "coordination.k8s.io",
        StorageGroup = "coordination.k8s.io",
        Kind = "Lease",
        Plural = "leases",
        PrepareForCreate = LeaseRules.PrepareForCreate,
        PrepareForUpdate = LeaseRules.PrepareForUpdate,
        ValidateCreate = LeaseRules.Create,
        ValidateUpdate = LeaseRules.Update,
        Singular = "lease",
        Namespaced = true,
        Columns = LeaseColumns.Columns,
        Row = LeaseColumns.Print,
        CreatesOnUpdate = true,
        NeedsVersionForUpdate = true,
    };
}
