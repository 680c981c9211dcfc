using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of environment variables and where their values come from.</summary>
internal static class EnvironmentValidation
{
    private static readonly string[] FieldPaths =
    [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs",
        "status.podIP", "status.podIPs",
    ];

    public static void Check(List<FieldError> errors, JsonObject container, FieldPath path, PodContext pod)
    {
        int i = 0;
        foreach (JsonObject variable in container.Items("env"))
        {
            FieldPath at = path["env"][i++];
            string name = variable.Text("name");
            if (name.Length == 0)
            {
                errors.Add(FieldError.Required(at["name"]));
            }
            else
            {
                MetadataValidation.AddInvalid(errors, at["name"], name, NameRules.EnvironmentVariable(name));
            }

            if (variable.Child("valueFrom") is { } source)
            {
                CheckSource(errors, variable, source, at["valueFrom"], pod);
            }
        }

        CheckFrom(errors, container, path["envFrom"]);
    }

    private static void CheckSource(List<FieldError> errors, JsonObject variable, JsonObject source, FieldPath path, PodContext pod)
    {
        int sources = 0;
        if (source.Child("fieldRef") is { } field)
        {
            sources++;
            DownwardValidation.CheckField(errors, field, path["fieldRef"], FieldPaths);
        }

        if (source.Child("resourceFieldRef") is { } resource)
        {
            sources++;
            DownwardValidation.CheckResource(errors, resource, path["resourceFieldRef"], inVolume: false);
        }

        foreach (string kind in (string[])["configMapKeyRef", "secretKeyRef"])
        {
            if (source.Child(kind) is { } reference)
            {
                sources++;
                MetadataValidation.AddInvalid(errors, path[kind]["name"], reference.Text("name"), NameRules.Dns1123Subdomain(reference.Text("name")));
                CheckKey(errors, reference, path[kind]);
            }
        }

        if (source.Child("fileKeyRef") is { } file)
        {
            sources++;
            CheckFile(errors, file, path["fileKeyRef"], pod);
        }

        if (sources == 0)
        {
            errors.Add(FieldError.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"));
        }
        else if (variable.Text("value").Length > 0)
        {
            errors.Add(FieldError.Invalid(path, "", "may not be specified when `value` is not empty"));
        }
        else if (sources > 1)
        {
            errors.Add(FieldError.Invalid(path, "", "may not have more than one field specified at a time"));
        }
    }

    private static void CheckKey(List<FieldError> errors, JsonObject reference, FieldPath path)
    {
        string key = reference.Text("key");
        if (key.Length == 0)
        {
            errors.Add(FieldError.Required(path["key"]));
        }
        else
        {
            MetadataValidation.AddInvalid(errors, path["key"], key, NameRules.ConfigMapKey(key));
        }
    }

    private static void CheckFile(List<FieldError> errors, JsonObject file, FieldPath path, PodContext pod)
    {
        string volume = file.Text("volumeName");
        if (file.Text("key").Length == 0)
        {
            errors.Add(FieldError.Required(path["key"]));
        }

        if (file.Text("path").Length == 0)
        {
            errors.Add(FieldError.Required(path["path"]));
        }
        else
        {
            PathRules.CheckNonReserved(errors, file.Text("path"), path["path"]);
        }

        if (volume.Length == 0)
        {
            errors.Add(FieldError.Required(path["volumeName"]));
        }
        else if (!pod.Volumes.TryGetValue(volume, out JsonObject? found))
        {
            errors.Add(FieldError.NotFound(path["volumeName"], volume));
        }
        else if (!found.Has("emptyDir"))
        {
            errors.Add(FieldError.Invalid(path["volumeName"], volume, "referenced volume must be of type emptyDir"));
        }
    }

    private static void CheckFrom(List<FieldError> errors, JsonObject container, FieldPath path)
    {
        int i = 0;
        foreach (JsonObject source in container.Items("envFrom"))
        {
            FieldPath at = path[i++];
            string prefix = source.Text("prefix");
            if (prefix.Length > 0)
            {
                MetadataValidation.AddInvalid(errors, at["prefix"], prefix, NameRules.EnvironmentVariable(prefix));
            }

            int sources = 0;
            foreach (string kind in (string[])["configMapRef", "secretRef"])
            {
                if (source.Child(kind) is { } reference)
                {
                    sources++;
                    string name = reference.Text("name");
                    if (name.Length == 0)
                    {
                        errors.Add(FieldError.Required(at[kind]["name"]));
                    }
                    else
                    {
                        MetadataValidation.AddInvalid(errors, at[kind]["name"], name, NameRules.Dns1123Subdomain(name));
                    }
                }
            }

            if (sources != 1)
            {
                errors.Add(FieldError.Invalid(path, "", sources == 0
                    ? "must specify one of: `configMapRef` or `secretRef`" : "may not have more than one field specified at a time"));
            }
        }
    }
}
