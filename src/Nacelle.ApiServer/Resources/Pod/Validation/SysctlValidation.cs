using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of a Pod's kernel parameters.</summary>
internal static class SysctlValidation
{
    public static void Check(List<FieldError> errors, JsonObject? context, FieldPath path, PodContext pod)
    {
        HashSet<string> names = [];
        int i = 0;
        foreach (JsonObject sysctl in context.Items("sysctls"))
        {
            FieldPath at = path[i++]["name"];
            string name = sysctl.Text("name");
            if (name.Length == 0)
            {
                errors.Add(FieldError.Required(at));
            }
            else if (!IsName(name))
            {
                errors.Add(FieldError.Invalid(at, name,
                    @"must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"));
            }
            else if (!names.Add(name))
            {
                errors.Add(FieldError.Duplicate(at, name));
            }

            string dotted = name.Replace('/', '.');
            bool ipc = dotted.StartsWith("kernel.shm", StringComparison.Ordinal) || dotted.StartsWith("kernel.msg", StringComparison.Ordinal)
                || dotted == "kernel.sem" || dotted.StartsWith("fs.mqueue.", StringComparison.Ordinal);
            AddIf(errors, dotted.StartsWith("net.", StringComparison.Ordinal) && pod.Spec.Flag("hostNetwork"), at, name, "hostNetwork");
            AddIf(errors, ipc && pod.Spec.Flag("hostIPC"), at, name, "hostIPC");
        }
    }

    private static void AddIf(List<FieldError> errors, bool wrong, FieldPath path, string name, string field)
    {
        if (wrong)
        {
            errors.Add(FieldError.Invalid(path, name, $"may not be specified when '{field}' is true"));
        }
    }

    private static bool IsName(string name) => name.Length <= 253 && name.Split('.', '/').All(part => part.Length > 0
        && IsPlain(part[0]) && IsPlain(part[^1]) && part.All(c => IsPlain(c) || c is '-' or '_'));

    private static bool IsPlain(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
