using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of projected volumes: one source an entry, and no two files of one path.</summary>
internal static class ProjectedValidation
{
    private const long ShortestToken = 600;
    private const long LongestToken = 1L << 32;

    public static void Check(List<FieldError> errors, JsonObject volume, FieldPath path)
    {
        HashSet<string> paths = [];
        int i = 0;
        foreach (JsonObject source in volume.Items("sources"))
        {
            FieldPath at = path["sources"][i++];
            int kinds = 0;
            foreach (string kind in (string[])["secret", "configMap", "downwardAPI", "serviceAccountToken"])
            {
                if (source.Child(kind) is not { } part)
                {
                    continue;
                }

                if (kinds++ > 0)
                {
                    errors.Add(FieldError.Forbidden(at, "may not specify more than 1 volume type per source"));
                    continue;
                }

                CheckPart(errors, kind, part, at[kind], path, paths);
            }
        }
    }

    private static void CheckPart(List<FieldError> errors, string kind, JsonObject part, FieldPath at, FieldPath volumePath, HashSet<string> paths)
    {
        switch (kind)
        {
            case "secret" or "configMap":
                VolumeValidation.Require(errors, part, at, "name");
                VolumeValidation.CheckItems(errors, part, at);
                AddPaths(errors, part.Items("items"), part.Text("name"), volumePath, paths);
                break;
            case "downwardAPI":
                VolumeValidation.CheckDownward(errors, part, at);
                AddPaths(errors, part.Items("items"), null, volumePath, paths);
                break;
            default:
                CheckToken(errors, part, at, volumePath);
                AddPaths(errors, [part], null, volumePath, paths);
                break;
        }
    }

    private static void AddPaths(
        List<FieldError> errors, IEnumerable<JsonObject> files, string? shown, FieldPath volumePath, HashSet<string> paths)
    {
        foreach (string file in files.Select(item => item.Text("path")).Where(file => file.Length > 0))
        {
            if (!paths.Add(file))
            {
                errors.Add(FieldError.Invalid(volumePath, shown ?? file, "conflicting duplicate paths"));
            }
        }
    }

    private static void CheckToken(List<FieldError> errors, JsonObject token, FieldPath at, FieldPath volumePath)
    {
        long seconds = token.Number("expirationSeconds");
        if (seconds < ShortestToken)
        {
            errors.Add(FieldError.Invalid(at["expirationSeconds"], seconds, "may not specify a duration less than 10 minutes"));
        }

        if (seconds > LongestToken)
        {
            errors.Add(FieldError.Invalid(at["expirationSeconds"], seconds, "may not specify a duration larger than 2^32 seconds"));
        }

        if (token.Text("path").Length == 0)
        {
            errors.Add(FieldError.Required(volumePath["path"]));
        }
        else
        {
            PathRules.CheckNonReserved(errors, token.Text("path"), volumePath["path"]);
        }
    }
}
