namespace Nacelle.ApiServer.Resources.Secret;

/// <summary><c>v1</c> Secret.</summary>
internal static class SecretResource
{
    public static ResourceType Type { get; } = new()
    {
        Kind = "Secret",
        Plural = "secrets",
        PrepareForUpdate = SecretValidation.PrepareForUpdate,
        ValidateCreate = SecretValidation.Create,
        ValidateUpdate = SecretValidation.Update,
        Warnings = SecretValidation.Warnings,
        Default = SecretDefaults.Apply,
        Singular = "secret",
        Namespaced = true,
        Columns = SecretColumns.Columns,
        Row = SecretColumns.Print,
        FieldSelectors = SecretColumns.Selectors,
    };
}
