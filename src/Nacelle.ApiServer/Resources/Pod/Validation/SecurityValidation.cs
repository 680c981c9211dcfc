using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of security contexts of containers and Pods.</summary>
internal static class SecurityValidation
{
    public static void CheckContainer(List<FieldError> errors, JsonObject? context, FieldPath path, PodContext pod)
    {
        if (context is null)
        {
            return;
        }

        CheckIds(errors, context, path, "runAsUser", "runAsGroup");
        string? procMount = context.TextOrNull("procMount");
        if (procMount is not null and not ("Default" or "Unmasked"))
        {
            errors.Add(FieldError.NotSupported(path["procMount"], procMount, "Default", "Unmasked"));
        }

        if (procMount == "Unmasked" && pod.HostUsers)
        {
            errors.Add(FieldError.Invalid(path["procMount"], procMount, "`hostUsers` must be false to use `Unmasked`"));
        }

        ProfileValidation.CheckSeccomp(errors, context.Child("seccompProfile"), path["seccompProfile"]);
        CheckEscalation(errors, context, path);
        WindowsValidation.CheckOptions(errors, context.Child("windowsOptions"), path["windowsOptions"]);
        ProfileValidation.CheckAppArmor(errors, context.Child("appArmorProfile"), path["appArmorProfile"]);
    }

    public static void CheckPod(List<FieldError> errors, PodContext pod)
    {
        JsonObject? context = pod.Spec.Child("securityContext");
        FieldPath path = pod.Path["securityContext"];
        CheckIds(errors, context, path, "fsGroup", "runAsUser", "runAsGroup");
        int i = 0;
        foreach (JsonNode? group in context.List("supplementalGroups") ?? [])
        {
            MetadataValidation.AddInvalid(errors, path["supplementalGroups"][i++], group.AsNumber() ?? 0, NameRules.UserOrGroupId(group.AsNumber() ?? 0));
        }

        if (pod.Spec.Flag("shareProcessNamespace") && pod.Spec.Flag("hostPID"))
        {
            errors.Add(FieldError.Invalid(path["shareProcessNamespace"], true, "ShareProcessNamespace and HostPID cannot both be enabled"));
        }

        SysctlValidation.Check(errors, context, path["sysctls"], pod);
        CheckChoice(errors, context, "fsGroupChangePolicy", path, "Always", "OnRootMismatch");
        ProfileValidation.CheckSeccomp(errors, context.Child("seccompProfile"), path["seccompProfile"]);
        WindowsValidation.CheckOptions(errors, context.Child("windowsOptions"), path["windowsOptions"]);
        ProfileValidation.CheckAppArmor(errors, context.Child("appArmorProfile"), path["appArmorProfile"]);
        CheckChoice(errors, context, "supplementalGroupsPolicy", path, "Merge", "Strict");
        CheckChoice(errors, context, "seLinuxChangePolicy", path, "Recursive");
    }

    internal static void CheckChoice(List<FieldError> errors, JsonObject? document, string field, FieldPath path, params string[] values)
    {
        if (document.TextOrNull(field) is { } value && !values.Contains(value))
        {
            errors.Add(FieldError.NotSupported(path[field], value, values));
        }
    }

    private static void CheckIds(List<FieldError> errors, JsonObject? context, FieldPath path, params string[] fields)
    {
        foreach (string field in fields)
        {
            if (context.NumberOrNull(field) is { } id)
            {
                MetadataValidation.AddInvalid(errors, path[field], id, NameRules.UserOrGroupId(id));
            }
        }
    }

    private static void CheckEscalation(List<FieldError> errors, JsonObject context, FieldPath path)
    {
        if (context.FlagOrNull("allowPrivilegeEscalation") != false)
        {
            return;
        }

        if (context.Flag("privileged"))
        {
            errors.Add(FieldError.InvalidText(path, InternalForm.SecurityContext(context),
                "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"));
        }

        if (context.Child("capabilities").Texts("add").Contains("CAP_SYS_ADMIN"))
        {
            errors.Add(FieldError.InvalidText(path, InternalForm.SecurityContext(context),
                "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"));
        }
    }
}
