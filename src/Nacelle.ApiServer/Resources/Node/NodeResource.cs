namespace Nacelle.ApiServer.Resources.Node;

/// <summary><c>v1</c> Node.</summary>
internal static class NodeResource
{
    public static ResourceType Type { get; } = new()
    {
        Kind = "Node",
        Plural = "nodes",
        ValidateCreate = NodeValidation.Create,
        ValidateUpdate = NodeValidation.Update,
        Default = NodeRules.Default,
        PrepareForCreate = NodeRules.PrepareForCreate,
        PrepareForUpdate = NodeRules.PrepareForUpdate,
        Singular = "node",
        ShortNames = ["no"],
        Namespaced = false,
        Columns = NodeColumns.Columns,
        Row = NodeColumns.Print,
        FieldSelectors = NodeColumns.Selectors,
        Subresources =
        [
            new Subresource { Name = "status", Kind = "Node", Verbs = ["get", "patch", "update"], IsView = true, PrepareForUpdate = NodeRules.PrepareForStatusUpdate, ValidateUpdate = NodeValidation.Update },
        ],
    };
}
