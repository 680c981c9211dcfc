namespace Nacelle.ApiServer.Resources.ConfigMap;

/// <summary><c>v1</c> ConfigMap.</summary>
internal static class ConfigMapResource
{
    public static ResourceType Type { get; } = new()
    {
        Kind = "ConfigMap",
        Plural = "configmaps",
        ValidateCreate = ConfigMapValidation.Create,
        ValidateUpdate = ConfigMapValidation.Update,
        Singular = "configmap",
        ShortNames = ["cm"],
        Namespaced = true,
        Columns = ConfigMapColumns.Columns,
        Row = ConfigMapColumns.Print,
    };
}
