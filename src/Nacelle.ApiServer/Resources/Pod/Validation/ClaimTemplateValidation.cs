using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of the claim that an ephemeral volume is made from.</summary>
internal static class ClaimTemplateValidation
{
    private static readonly string[] AccessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

    public static void Check(List<FieldError> errors, JsonObject ephemeral, FieldPath path)
    {
        if (ephemeral.Child("volumeClaimTemplate") is not { } template)
        {
            errors.Add(FieldError.Required(path));
            return;
        }

        JsonObject? metadata = template.Child("metadata");
        MetadataValidation.CheckAnnotations(errors, metadata.Child("annotations"), path["metadata"]["annotations"]);
        MetadataValidation.CheckLabels(errors, metadata.Child("labels"), path["metadata"]["labels"]);
        foreach (string field in (string[])["name", "generateName", "namespace", "uid", "ownerReferences", "finalizers"])
        {
            if (metadata.Has(field))
            {
                errors.Add(FieldError.Forbidden(path["metadata"][field], "cannot be set"));
            }
        }

        CheckSpec(errors, template.Child("spec"), path["spec"]);
    }

    private static void CheckSpec(List<FieldError> errors, JsonObject? spec, FieldPath path)
    {
        string[] modes = [.. spec.Texts("accessModes")];
        if (modes.Length == 0)
        {
            errors.Add(FieldError.Required(path["accessModes"], "at least 1 access mode is required"));
        }

        foreach (string mode in modes.Where(mode => !AccessModes.Contains(mode)))
        {
            errors.Add(FieldError.NotSupported(path["accessModes"], mode, AccessModes));
        }

        if (modes.Length > 1 && modes.Contains("ReadWriteOncePod"))
        {
            errors.Add(FieldError.Forbidden(path["accessModes"], "may not use ReadWriteOncePod with other access modes"));
        }

        FieldPath storage = path["resources"].Key("storage");
        JsonObject? requests = spec.Child("resources", "requests");
        if (!requests.Has("storage"))
        {
            errors.Add(FieldError.Required(storage));
        }
        else if (ResourceValidation.Read(requests!["storage"]) is { Sign: <= 0 } amount)
        {
            errors.Add(FieldError.Invalid(storage, amount.ToString(), "must be greater than zero"));
        }

        SecurityValidation.CheckChoice(errors, spec, "volumeMode", path, "Block", "Filesystem");
    }
}
