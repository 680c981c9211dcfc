namespace Nacelle.ApiServer.Resources.Namespace;

/// <summary><c>v1</c> Namespace; deleting one only marks it, the namespace controller empties and finalizes it.</summary>
internal static class NamespaceResource
{
    public static ResourceType Type { get; } = new()
    {
        Kind = "Namespace",
        Plural = "namespaces",
        ValidateCreate = NamespaceValidation.Create,
        ValidateUpdate = NamespaceValidation.Update,
        Default = NamespaceRules.Default,
        PrepareForCreate = NamespaceRules.PrepareForCreate,
        PrepareForUpdate = NamespaceRules.PrepareForUpdate,
        Singular = "namespace",
        ShortNames = ["ns"],
        Namespaced = false,
        Columns = NamespaceColumns.Columns,
        Row = NamespaceColumns.Print,
        FieldSelectors = NamespaceColumns.Selectors,
        Verbs = ["create", "delete", "get", "list", "patch", "update", "watch"],
        Subresources =
        [
            new Subresource { Name = "finalize", Kind = "Namespace", Verbs = ["update"], IsView = true, PrepareForUpdate = NamespaceRules.PrepareForFinalize },
            new Subresource { Name = "status", Kind = "Namespace", Verbs = ["get", "patch", "update"], IsView = true, PrepareForUpdate = NamespaceRules.PrepareForStatusUpdate, ValidateUpdate = NamespaceValidation.UpdateStatus },
        ],
    };
}
