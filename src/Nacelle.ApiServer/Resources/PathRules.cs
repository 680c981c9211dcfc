using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources;

/// <summary>Rules for paths of files that must stay where they belong.</summary>
internal static class PathRules
{
    /// <summary>Relative and without a step upwards.</summary>
    public static void CheckDescending(List<FieldError> errors, string value, FieldPath path)
    {
        if (value.StartsWith('/'))
        {
            errors.Add(FieldError.Invalid(path, value, "must be a relative path"));
        }

        CheckNoBacksteps(errors, value, path);
    }

    /// <summary>Also not beginning with two dots, which volumes keep for themselves.</summary>
    public static void CheckNonReserved(List<FieldError> errors, string value, FieldPath path)
    {
        CheckDescending(errors, value, path);
        if (value.StartsWith("..", StringComparison.Ordinal) && !value.StartsWith("../", StringComparison.Ordinal) && value != "..")
        {
            errors.Add(FieldError.Invalid(path, value, "must not start with '..'"));
        }
    }

    public static void CheckNoBacksteps(List<FieldError> errors, string value, FieldPath path)
    {
        if (HasBackstep(value))
        {
            errors.Add(FieldError.Invalid(path, value, "must not contain '..'"));
        }
    }

    public static bool HasBackstep(string value) => value.Split('/').Contains("..");
}
