namespace Nacelle.ApiServer.Resources.Binding;

/// <summary><c>v1</c> Binding: not stored; creating one assigns a Pod to a node.</summary>
internal static class BindingResource
{
    public static ResourceType Type { get; } = new()
    {
        Kind = "Binding",
        Plural = "bindings",
        Singular = "binding",
        Namespaced = true,
        Verbs = ["create"],
    };
}
