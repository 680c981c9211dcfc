namespace Nacelle.ApiServer.Resources.ServiceAccount;

/// <summary><c>v1</c> ServiceAccount.</summary>
internal static class ServiceAccountResource
{
    public static ResourceType Type { get; } = new()
    {
        Kind = "ServiceAccount",
        Plural = "serviceaccounts",
        PrepareForCreate = ServiceAccountRules.PrepareForCreate,
        ValidateCreate = ServiceAccountRules.Create,
        ValidateUpdate = ServiceAccountRules.Update,
        Warnings = ServiceAccountRules.Warnings,
        Singular = "serviceaccount",
        ShortNames = ["sa"],
        Namespaced = true,
        Columns = ServiceAccountColumns.Columns,
        Row = ServiceAccountColumns.Print,
        Subresources =
        [
            new Subresource { Name = "token", Kind = "TokenRequest", Group = "authentication.k8s.io", Version = "v1", Verbs = ["create"] },
        ],
    };
}
