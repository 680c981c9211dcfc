using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of <c>spec.os</c> and of the options of Windows containers, which this node never runs but accepts as others do.</summary>
internal static class WindowsValidation
{
    private static readonly string[] PodSecurityFields =
    [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser", "runAsGroup",
        "supplementalGroups", "supplementalGroupsPolicy",
    ];

    private static readonly string[] ContainerSecurityFields =
    [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged",
        "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup",
    ];

    public static void CheckOptions(List<FieldError> errors, JsonObject? options, FieldPath path)
    {
        if (options.TextOrNull("gmsaCredentialSpecName") is { } spec)
        {
            MetadataValidation.AddInvalid(errors, path["gmsaCredentialSpecName"], spec, NameRules.Dns1123Subdomain(spec));
        }

        if (options.TextOrNull("runAsUserName") is not { } user)
        {
            return;
        }

        FieldPath at = path["runAsUserName"];
        string name = user.Split('\\')[^1];
        if (user.Length == 0)
        {
            errors.Add(FieldError.Invalid(at, user, "runAsUserName cannot be an empty string"));
        }
        else if (user.Any(char.IsControl))
        {
            errors.Add(FieldError.Invalid(at, user, "runAsUserName cannot contain control characters"));
        }
        else if (name.Any("\"/\\:;|=,+*?<>@[]".Contains))
        {
            errors.Add(FieldError.Invalid(at, user, "runAsUserName's User cannot contain the following characters: \"/\\:;|=,+*?<>@[]"));
        }
    }

    public static void CheckOs(List<FieldError> errors, PodContext pod)
    {
        if (pod.Spec.Child("os") is not { } os)
        {
            return;
        }

        switch (os.Text("name"))
        {
            case "":
                errors.Add(FieldError.Required(pod.Path["os"]["name"]));
                break;
            case "linux":
                CheckLinux(errors, pod);
                break;
            case "windows":
                CheckWindows(errors, pod);
                break;
            default:
                errors.Add(FieldError.NotSupported(pod.Path["os"]["name"], os.Text("name"), "linux", "windows"));
                break;
        }
    }

    public static void CheckHostProcess(List<FieldError> errors, PodContext pod)
    {
        bool? ofPod = pod.Spec.Child("securityContext", "windowsOptions").FlagOrNull("hostProcess");
        bool any = false;
        bool all = true;
        foreach (string list in (string[])["containers", "initContainers"])
        {
            int i = 0;
            foreach (JsonObject container in pod.Spec.Items(list))
            {
                FieldPath at = pod.Path[list][i++]["securityContext"]["windowsOptions"]["hostProcess"];
                bool? own = container.Child("securityContext", "windowsOptions").FlagOrNull("hostProcess");
                if (ofPod is not null && own is not null && ofPod != own)
                {
                    errors.Add(FieldError.Invalid(at, own, $"pod hostProcess value must be identical if both are specified, was {(ofPod.Value ? "true" : "false")}"));
                }

                bool effective = own ?? ofPod ?? false;
                any |= effective;
                all &= effective;
            }
        }

        if (!any)
        {
            return;
        }

        if (!all)
        {
            errors.Add(FieldError.Invalid(pod.Path, "", "If pod contains any hostProcess containers then all containers must be HostProcess containers"));
        }

        if (!pod.Spec.Flag("hostNetwork"))
        {
            errors.Add(FieldError.Invalid(pod.Path["hostNetwork"], false, "hostNetwork must be true if pod contains any hostProcess containers"));
        }
    }

    private static void CheckLinux(List<FieldError> errors, PodContext pod)
    {
        if (pod.Spec.Child("securityContext").Has("windowsOptions"))
        {
            errors.Add(FieldError.Forbidden(pod.Path["securityContext"]["windowsOptions"], "windows options cannot be set for a linux pod"));
        }

        EachContainer(pod, (container, path) =>
        {
            if (container.Child("securityContext").Has("windowsOptions"))
            {
                errors.Add(FieldError.Forbidden(path["securityContext"]["windowsOptions"], "windows options cannot be set for a linux pod"));
            }
        });
    }

    private static void CheckWindows(List<FieldError> errors, PodContext pod)
    {
        JsonObject? context = pod.Spec.Child("securityContext");
        foreach (string field in PodSecurityFields.Take(3))
        {
            AddForbidden(errors, context, field, pod.Path["securityContext"]);
        }

        foreach (string field in (string[])["hostPID", "hostIPC"])
        {
            if (pod.Spec.Flag(field))
            {
                errors.Add(FieldError.Forbidden(pod.Path[field], "cannot be set for a windows pod"));
            }
        }

        AddForbidden(errors, pod.Spec, "hostUsers", pod.Path);
        foreach (string field in PodSecurityFields.Skip(3))
        {
            AddForbidden(errors, context, field, pod.Path["securityContext"]);
        }

        AddForbidden(errors, pod.Spec, "shareProcessNamespace", pod.Path);
        EachContainer(pod, (container, path) =>
        {
            foreach (string field in ContainerSecurityFields)
            {
                AddForbidden(errors, container.Child("securityContext"), field, path["securityContext"]);
            }
        });
    }

    private static void AddForbidden(List<FieldError> errors, JsonObject? document, string field, FieldPath path)
    {
        if (document.Has(field))
        {
            errors.Add(FieldError.Forbidden(path[field], "cannot be set for a windows pod"));
        }
    }

    private static void EachContainer(PodContext pod, Action<JsonObject, FieldPath> check)
    {
        foreach (string list in (string[])["containers", "initContainers", "ephemeralContainers"])
        {
            int i = 0;
            foreach (JsonObject container in pod.Spec.Items(list))
            {
                check(container, pod.Path[list][i++]);
            }
        }
    }
}
