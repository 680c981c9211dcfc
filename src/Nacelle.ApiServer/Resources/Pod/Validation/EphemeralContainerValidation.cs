using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of ephemeral containers, which come to a running Pod and can hold less than others.</summary>
internal static class EphemeralContainerValidation
{
    private static readonly string[] Disallowed = ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "restartPolicy", "restartPolicyRules", "resizePolicy"];

    public static void Check(List<FieldError> errors, PodContext pod)
    {
        JsonObject[] others = [.. pod.Spec.Items("containers"), .. pod.Spec.Items("initContainers")];
        HashSet<string> targets = [.. others.Select(container => container.Text("name"))];
        HashSet<string> names = [.. targets];
        int i = 0;
        foreach (JsonObject container in pod.Spec.Items("ephemeralContainers"))
        {
            FieldPath path = pod.Path["ephemeralContainers"][i++];
            ContainerValidation.CheckCommon(errors, container, path, pod);
            string name = container.Text("name");
            if (name.Length > 0 && !names.Add(name))
            {
                errors.Add(FieldError.Duplicate(path["name"], name));
            }

            CheckDisallowed(errors, container, path);
            if (container.Text("targetContainerName") is { Length: > 0 } target && !targets.Contains(target))
            {
                errors.Add(FieldError.NotFound(path["targetContainerName"], target));
            }
        }
    }

    private static void CheckDisallowed(List<FieldError> errors, JsonObject container, FieldPath path)
    {
        foreach (string field in Disallowed)
        {
            if (container.Has(field))
            {
                errors.Add(FieldError.Forbidden(path[field], "cannot be set for an Ephemeral Container"));
            }
        }

        if (container.Child("resources") is { Count: > 0 })
        {
            errors.Add(FieldError.Forbidden(path["resources"], "cannot be set for an Ephemeral Container"));
        }

        int i = 0;
        foreach (JsonObject mount in container.Items("volumeMounts"))
        {
            foreach (string field in (string[])["subPath", "subPathExpr"])
            {
                if (mount.Text(field).Length > 0)
                {
                    errors.Add(FieldError.Forbidden(path["volumeMounts"][i][field], "cannot be set for an Ephemeral Container"));
                }
            }

            i++;
        }
    }
}
