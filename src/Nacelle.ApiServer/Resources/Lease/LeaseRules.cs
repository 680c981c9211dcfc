using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Lease;

/// <summary>The rules of Leases.</summary>
internal static class LeaseRules
{
    /// <summary>Coordinated election is a feature that is off by default in Kubernetes 1.36; its fields are dropped.</summary>
    public static void PrepareForCreate(JsonObject item)
    {
        item.Child("spec")?.Remove("strategy");
        item.Child("spec")?.Remove("preferredHolder");
    }

    public static void PrepareForUpdate(JsonObject item, JsonObject old) => PrepareForCreate(item);

    public static IReadOnlyList<FieldError> Create(JsonObject item)
    {
        List<FieldError> errors = [];
        MetadataValidation.Check(errors, item, namespaced: true, NameRules.Dns1123Subdomain, coreFinalizers: false);
        CheckSpec(errors, item);
        return errors;
    }

    public static IReadOnlyList<FieldError> Update(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        MetadataValidation.CheckUpdate(errors, item, old, namespaced: true, coreFinalizers: false);
        CheckSpec(errors, item);
        return errors;
    }

    private static void CheckSpec(List<FieldError> errors, JsonObject item)
    {
        JsonObject? spec = item.Child("spec");
        if (spec.NumberOrNull("leaseDurationSeconds") is <= 0 and { } seconds)
        {
            errors.Add(FieldError.Invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
        }

        if (spec.NumberOrNull("leaseTransitions") is < 0 and { } transitions)
        {
            errors.Add(FieldError.Invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
        }

        if (spec.TextOrNull("holderIdentity") is { Length: 0 } && spec.Has("strategy"))
        {
            errors.Add(FieldError.Invalid("spec.holderIdentity", "", "must not be empty"));
        }
    }
}
