using System.Text;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of seccomp and AppArmor profiles, in fields and in the annotations that came before them.</summary>
internal static class ProfileValidation
{
    private const int MaximumProfilePath = 4095;
    private static readonly string[] Types = ["Localhost", "RuntimeDefault", "Unconfined"];

    public static void CheckSeccomp(List<FieldError> errors, JsonObject? profile, FieldPath path)
    {
        if (profile is null)
        {
            return;
        }

        CheckType(errors, profile, path, "type is required when seccompProfile is set");
        string? local = profile.TextOrNull("localhostProfile");
        if (profile.Text("type") == "Localhost")
        {
            if (local is null)
            {
                errors.Add(FieldError.Required(path["localhostProfile"], "must be set when seccomp type is Localhost"));
            }
            else
            {
                PathRules.CheckDescending(errors, local, path["localhostProfile"]);
            }
        }
        else if (local is not null)
        {
            errors.Add(FieldError.Invalid(path["localhostProfile"], local, "can only be set when seccomp type is Localhost"));
        }
    }

    public static void CheckAppArmor(List<FieldError> errors, JsonObject? profile, FieldPath path)
    {
        if (profile is null)
        {
            return;
        }

        string? local = profile.TextOrNull("localhostProfile");
        FieldPath localPath = path["localhostProfile"];
        if (profile.Text("type") != "Localhost")
        {
            CheckType(errors, profile, path, "type is required when appArmorProfile is set");
            if (local is not null && Types.Contains(profile.Text("type")))
            {
                errors.Add(FieldError.Invalid(localPath, local, "can only be set when AppArmor type is Localhost"));
            }

            return;
        }

        if (local is null || local.Length == 0)
        {
            errors.Add(FieldError.Required(localPath, "must be set when AppArmor type is Localhost"));
            return;
        }

        if (local != local.Trim())
        {
            errors.Add(FieldError.Invalid(localPath, local, "must not be padded with whitespace"));
        }

        if (Encoding.UTF8.GetByteCount(local) > MaximumProfilePath)
        {
            errors.Add(FieldError.TooLong(localPath, MaximumProfilePath));
        }
    }

    /// <summary>AppArmor annotations name a container of the Pod and a profile.</summary>
    public static void CheckAnnotations(List<FieldError> errors, PodContext pod)
    {
        HashSet<string> containers = [.. pod.Spec.Items("initContainers").Concat(pod.Spec.Items("containers")).Select(one => one.Text("name"))];
        foreach ((string name, JsonNode? value) in pod.Pod.Child("metadata", "annotations") ?? [])
        {
            if (!name.StartsWith(AppArmorFields.AnnotationPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            FieldPath path = new FieldPath("metadata.annotations").Key(name);
            string container = name[AppArmorFields.AnnotationPrefix.Length..];
            string profile = value.AsText() ?? "";
            if (!containers.Contains(container))
            {
                errors.Add(FieldError.Invalid(path, container, "container not found"));
            }

            if (profile.Length > 0 && AppArmorFields.Profile(profile) is null)
            {
                errors.Add(FieldError.Invalid(path, profile, $"invalid AppArmor profile name: {GoText.Quote(profile)}"));
            }
        }
    }

    /// <summary>An annotation and the field that replaced it must say the same.</summary>
    public static void CheckAnnotationsMatch(List<FieldError> errors, PodContext pod)
    {
        JsonObject? annotations = pod.Pod.Child("metadata", "annotations");
        foreach (string list in (string[])["initContainers", "containers"])
        {
            int i = 0;
            foreach (JsonObject container in pod.Spec.Items(list))
            {
                FieldPath path = pod.Path[list][i++]["securityContext"]["appArmorProfile"];
                string annotation = annotations.Text(AppArmorFields.AnnotationPrefix + container.Text("name"));
                if (AppArmorFields.Profile(annotation) is not { } meant || container.Child("securityContext", "appArmorProfile") is not { } field)
                {
                    continue;
                }

                if (meant.Text("type") != field.Text("type"))
                {
                    errors.Add(FieldError.Forbidden(path["type"], "apparmor type in annotation and field must match"));
                }
                else if (meant.Text("localhostProfile") != field.Text("localhostProfile"))
                {
                    errors.Add(FieldError.Forbidden(path["localhostProfile"], "apparmor profile in annotation and field must match"));
                }
            }
        }
    }

    private static void CheckType(List<FieldError> errors, JsonObject profile, FieldPath path, string missing)
    {
        string type = profile.Text("type");
        if (type.Length == 0)
        {
            errors.Add(FieldError.Required(path["type"], missing));
        }
        else if (!Types.Contains(type))
        {
            errors.Add(FieldError.NotSupported(path["type"], type, Types));
        }
    }
}
