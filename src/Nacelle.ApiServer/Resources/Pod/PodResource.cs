namespace Nacelle.ApiServer.Resources.Pod;

/// <summary><c>v1</c> Pod.</summary>
internal static class PodResource
{
    public static ResourceType Type { get; } = new()
    {
        Kind = "Pod",
        Plural = "pods",
        Default = PodDefaults.Apply,
        PrepareForCreate = PodPreparation.PrepareForCreate,
        ValidateCreate = Validation.PodValidation.Create,
        PrepareForUpdate = PodUpdateRules.PrepareForUpdate,
        ValidateUpdate = PodUpdateRules.Validate,
        Warnings = PodWarnings.Of,
        Singular = "pod",
        ShortNames = ["po"],
        Categories = ["all"],
        Namespaced = true,
        Columns = PodColumns.Columns,
        Row = PodColumns.Print,
        FieldSelectors = PodFields.Selectors,
        CountsGeneration = true,
        ReturnsDeleted = true,
        GracePeriod = PodDeletion.GracePeriod,
        Subresources =
        [
            new Subresource { Name = "attach", Kind = "PodAttachOptions", Verbs = ["create", "get"] },
            new Subresource { Name = "binding", Kind = "Binding", Verbs = ["create"] },
            new Subresource { Name = "ephemeralcontainers", Kind = "Pod", Verbs = ["get", "patch", "update"], IsView = true, PrepareForUpdate = PodViewRules.PrepareEphemeral, ValidateUpdate = PodViewRules.ValidateEphemeral },
            new Subresource { Name = "eviction", Kind = "Eviction", Group = "policy", Version = "v1", Verbs = ["create"] },
            new Subresource { Name = "exec", Kind = "PodExecOptions", Verbs = ["create", "get"] },
            new Subresource { Name = "log", Kind = "Pod", Verbs = ["get"] },
            new Subresource { Name = "portforward", Kind = "PodPortForwardOptions", Verbs = ["create", "get"] },
            new Subresource { Name = "resize", Kind = "Pod", Verbs = ["get", "patch", "update"], IsView = true, PrepareForUpdate = PodViewRules.PrepareResize, ValidateUpdate = PodViewRules.ValidateResize },
            new Subresource { Name = "status", Kind = "Pod", Verbs = ["get", "patch", "update"], IsView = true, PrepareForUpdate = PodViewRules.PrepareStatus, ValidateUpdate = PodViewRules.ValidateStatus },
        ],
    };
}
