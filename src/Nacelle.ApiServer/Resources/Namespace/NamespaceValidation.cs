using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Namespace;

/// <summary>The rules of Namespaces, Pod Security labels included.</summary>
internal static class NamespaceValidation
{
    private static readonly string[] Levels = ["privileged", "baseline", "restricted"];

    public static IReadOnlyList<FieldError> Create(JsonObject item)
    {
        List<FieldError> errors = [];
        MetadataValidation.Check(errors, item, namespaced: false, NameRules.Dns1123Label, checkPrefix: false);
        foreach (string finalizer in item.Child("spec").Texts("finalizers"))
        {
            MetadataValidation.AddInvalid(errors, "spec.finalizers", finalizer, NameRules.QualifiedName(finalizer));
            MetadataValidation.CheckStandardFinalizer(errors, finalizer, "spec.finalizers");
        }

        return errors.Count > 0 ? errors : PodSecurity(item);
    }

    public static IReadOnlyList<FieldError> Update(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        MetadataValidation.CheckUpdate(errors, item, old, namespaced: false);
        return errors.Count > 0 ? errors : PodSecurity(item);
    }

    public static IReadOnlyList<FieldError> UpdateStatus(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        MetadataValidation.CheckUpdate(errors, item, old, namespaced: false);
        string phase = item.Child("status").Text("phase");
        bool deleting = item.Child("metadata").Has("deletionTimestamp");
        if (deleting && phase != "Terminating")
        {
            errors.Add(FieldError.Invalid("status.Phase", phase, "may only be 'Terminating' if `deletionTimestamp` is not empty"));
        }
        else if (!deleting && phase != "Active")
        {
            errors.Add(FieldError.Invalid("status.Phase", phase, "may only be 'Active' if `deletionTimestamp` is empty"));
        }

        return errors;
    }

    private static List<FieldError> PodSecurity(JsonObject item)
    {
        List<FieldError> errors = [];
        JsonObject? labels = item.Child("metadata", "labels");
        foreach (string mode in (string[])["enforce", "audit", "warn"])
        {
            string level = "pod-security.kubernetes.io/" + mode;
            if (labels.Has(level) && !Levels.Contains(labels.Text(level)))
            {
                errors.Add(FieldError.Invalid(new FieldPath("metadata.labels").Key(level), labels.Text(level),
                    "must be one of privileged, baseline, restricted"));
            }

            string version = level + "-version";
            if (labels.Has(version) && !IsVersion(labels.Text(version)))
            {
                errors.Add(FieldError.Invalid(new FieldPath("metadata.labels").Key(version), labels.Text(version), "must be \"latest\" or \"v1.x\""));
            }
        }

        return errors;
    }

    private static bool IsVersion(string text) => text == "latest"
        || (text.StartsWith("v1.", StringComparison.Ordinal) && text.Length > 3 && text[3..].All(char.IsAsciiDigit) && (text[3] != '0' || text.Length == 4));
}
