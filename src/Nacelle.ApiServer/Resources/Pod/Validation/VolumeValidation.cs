using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of volumes; those without a fault become known to <see cref="PodContext.Volumes"/>.</summary>
internal static class VolumeValidation
{
    // In the order in which the reference server looks at them: the first is the volume's source, others are too many.
    private static readonly (string Field, string Path)[] Sources =
    [
        ("emptyDir", "emptyDir"), ("hostPath", "hostPath"), ("gitRepo", "gitRepo"), ("gcePersistentDisk", "persistentDisk"),
        ("awsElasticBlockStore", "awsElasticBlockStore"), ("secret", "secret"), ("nfs", "nfs"), ("iscsi", "iscsi"), ("glusterfs", "glusterfs"),
        ("flocker", "flocker"), ("persistentVolumeClaim", "persistentVolumeClaim"), ("rbd", "rbd"), ("cinder", "cinder"), ("cephfs", "cephfs"),
        ("quobyte", "quobyte"), ("downwardAPI", "downwardAPI"), ("fc", "fc"), ("flexVolume", "flexVolume"), ("configMap", "configMap"),
        ("azureFile", "azureFile"), ("vsphereVolume", "vsphereVolume"), ("photonPersistentDisk", "photonPersistentDisk"),
        ("portworxVolume", "portworxVolume"), ("azureDisk", "azureDisk"), ("storageos", "storageos"), ("projected", "projected"),
        ("scaleIO", "scaleIO"), ("csi", "csi"), ("ephemeral", "ephemeral"), ("image", "image"),
    ];

    public static void Check(List<FieldError> errors, PodContext pod)
    {
        HashSet<string> names = [];
        int i = 0;
        foreach (JsonObject volume in pod.Spec.Items("volumes"))
        {
            FieldPath path = pod.Path["volumes"][i++];
            List<FieldError> own = [];
            CheckSource(own, volume, path);
            string name = volume.Text("name");
            if (name.Length == 0)
            {
                own.Add(FieldError.Required(path["name"]));
            }
            else
            {
                MetadataValidation.AddInvalid(own, path["name"], name, NameRules.Dns1123Label(name));
            }

            if (names.Contains(name))
            {
                own.Add(FieldError.Duplicate(path["name"], name));
            }

            if (own.Count == 0)
            {
                names.Add(name);
                pod.Volumes[name] = volume;
            }

            errors.AddRange(own);
        }
    }

    private static void CheckSource(List<FieldError> errors, JsonObject volume, FieldPath path)
    {
        int sources = 0;
        foreach ((string field, string shown) in Sources)
        {
            if (volume.Child(field) is not { } source)
            {
                continue;
            }

            if (sources++ > 0)
            {
                errors.Add(FieldError.Forbidden(path[shown], "may not specify more than 1 volume type"));
                continue;
            }

            CheckFiles(errors, field, source, path[shown]);
            NetworkVolumeValidation.Check(errors, field, source, path[shown]);
        }

        if (sources == 0)
        {
            errors.Add(FieldError.Required(path, "must specify a volume type"));
        }
    }

    private static void CheckFiles(List<FieldError> errors, string field, JsonObject source, FieldPath path)
    {
        switch (field)
        {
            case "emptyDir" when Quantity.TryParse(source.Text("sizeLimit"), out Quantity? limit) && limit.Sign < 0:
                errors.Add(FieldError.Forbidden(path["sizeLimit"], "SizeLimit field must be a valid resource quantity"));
                break;
            case "hostPath":
                Require(errors, source, path, "path");
                PathRules.CheckNoBacksteps(errors, source.Text("path"), path["path"]);
                SecurityValidation.CheckChoice(errors, source, "type", path,
                    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
                break;
            case "gitRepo":
                Require(errors, source, path, "repository");
                PathRules.CheckDescending(errors, source.Text("directory"), path["directory"]);
                break;
            case "secret":
                Require(errors, source, path, "secretName");
                CheckMode(errors, source, "defaultMode", path);
                CheckItems(errors, source, path);
                break;
            case "configMap":
                Require(errors, source, path, "name");
                CheckMode(errors, source, "defaultMode", path);
                CheckItems(errors, source, path);
                break;
            case "downwardAPI":
                CheckMode(errors, source, "defaultMode", path);
                CheckDownward(errors, source, path);
                break;
            case "projected":
                CheckMode(errors, source, "defaultMode", path);
                ProjectedValidation.Check(errors, source, path);
                break;
            case "persistentVolumeClaim":
                Require(errors, source, path, "claimName");
                break;
            case "ephemeral":
                ClaimTemplateValidation.Check(errors, source, path["volumeClaimTemplate"]);
                break;
            case "image":
                Require(errors, source, path, "reference");
                ContainerValidation.CheckOneOf(errors, source, "pullPolicy", path, "Always", "IfNotPresent", "Never");
                break;
        }
    }

    internal static void Require(List<FieldError> errors, JsonObject source, FieldPath path, params string[] fields)
    {
        foreach (string field in fields)
        {
            if (source.Text(field).Length == 0 && source.List(field) is not { Count: > 0 })
            {
                errors.Add(FieldError.Required(path[field]));
            }
        }
    }

    internal static void CheckMode(List<FieldError> errors, JsonObject source, string field, FieldPath path)
    {
        if (source.NumberOrNull(field) is { } mode && mode is < 0 or > 511)
        {
            errors.Add(FieldError.Invalid(path[field], mode, "must be a number between 0 and 0777 (octal), both inclusive"));
        }
    }

    internal static void CheckItems(List<FieldError> errors, JsonObject source, FieldPath path)
    {
        int i = 0;
        foreach (JsonObject item in source.Items("items"))
        {
            FieldPath at = path["items"][i++];
            Require(errors, item, at, "key", "path");
            PathRules.CheckNonReserved(errors, item.Text("path"), at["path"]);
            CheckMode(errors, item, "mode", at);
        }
    }

    internal static void CheckDownward(List<FieldError> errors, JsonObject source, FieldPath path)
    {
        foreach (JsonObject file in source.Items("items"))
        {
            Require(errors, file, path, "path");
            PathRules.CheckNonReserved(errors, file.Text("path"), path["path"]);
            if (file.Child("fieldRef") is { } field)
            {
                DownwardValidation.CheckField(errors, field, path["fieldRef"],
                    ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"]);
                if (file.Has("resourceFieldRef"))
                {
                    errors.Add(FieldError.Invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"));
                }
            }
            else if (file.Child("resourceFieldRef") is { } resource)
            {
                DownwardValidation.CheckResource(errors, resource, path["resourceFieldRef"], inVolume: true);
            }
            else
            {
                errors.Add(FieldError.Required(path, "one of fieldRef and resourceFieldRef is required"));
            }

            CheckMode(errors, file, "mode", path);
        }
    }
}
