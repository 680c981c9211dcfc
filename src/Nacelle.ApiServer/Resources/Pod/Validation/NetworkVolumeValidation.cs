using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of volumes that live on other machines.</summary>
internal static class NetworkVolumeValidation
{
    private static readonly Dictionary<string, string[]> RequiredFields = new()
    {
        ["gcePersistentDisk"] = ["pdName"],
        ["awsElasticBlockStore"] = ["volumeID"],
        ["nfs"] = ["server", "path"],
        ["iscsi"] = ["targetPortal", "iqn"],
        ["glusterfs"] = ["endpoints", "path"],
        ["rbd"] = ["monitors", "image"],
        ["cinder"] = ["volumeID"],
        ["cephfs"] = ["monitors"],
        ["flexVolume"] = ["driver"],
        ["azureFile"] = ["secretName", "shareName"],
        ["vsphereVolume"] = ["volumePath"],
        ["photonPersistentDisk"] = ["pdID"],
        ["portworxVolume"] = ["volumeID"],
        ["azureDisk"] = ["diskName", "diskURI"],
        ["storageos"] = ["volumeName"],
        ["scaleIO"] = ["gateway", "system", "volumeName"],
        ["quobyte"] = ["registry"],
        ["csi"] = ["driver"],
    };

    public static void Check(List<FieldError> errors, string field, JsonObject source, FieldPath path)
    {
        VolumeValidation.Require(errors, source, path, RequiredFields.GetValueOrDefault(field, []));
        switch (field)
        {
            case "gcePersistentDisk" or "awsElasticBlockStore":
                AddRange(errors, source, "partition", path, 0, 255, "must be between 1 and 255, inclusive");
                break;
            case "nfs" when !source.Text("path").StartsWith('/'):
                errors.Add(FieldError.Invalid(path["path"], source.Text("path"), "must be an absolute path"));
                break;
            case "iscsi":
                CheckIscsi(errors, source, path);
                break;
            case "flocker":
                CheckFlocker(errors, source, path);
                break;
            case "cinder" or "storageos":
                CheckSecretAndName(errors, source, path);
                break;
            case "quobyte":
                CheckQuobyte(errors, source, path);
                break;
            case "csi":
                CheckCsi(errors, source, path);
                break;
            case "fc":
                CheckFibreChannel(errors, source, path);
                break;
        }
    }

    private static void AddRange(List<FieldError> errors, JsonObject source, string field, FieldPath path, long minimum, long maximum, string detail)
    {
        if (source.Number(field) < minimum || source.Number(field) > maximum)
        {
            errors.Add(FieldError.Invalid(path[field], source.Number(field), detail));
        }
    }

    private static void CheckIscsi(List<FieldError> errors, JsonObject source, FieldPath path)
    {
        string iqn = source.Text("iqn");
        if (iqn.Length > 0 && !(iqn.StartsWith("iqn", StringComparison.Ordinal) || iqn.StartsWith("eui", StringComparison.Ordinal)
            || iqn.StartsWith("naa", StringComparison.Ordinal)))
        {
            errors.Add(FieldError.Invalid(path["iqn"], iqn, "must be valid format starting with iqn, eui, or naa"));
        }
        else if (iqn.StartsWith("iqn", StringComparison.Ordinal) && !IsQualified(iqn))
        {
            errors.Add(FieldError.Invalid(path["iqn"], iqn, "must be valid format"));
        }

        AddRange(errors, source, "lun", path, 0, 255, "must be between 0 and 255, inclusive");
        if ((source.Flag("chapAuthDiscovery") || source.Flag("chapAuthSession")) && !source.Has("secretRef"))
        {
            errors.Add(FieldError.Required(path["secretRef"]));
        }
    }

    /// <summary><c>iqn.YYYY-MM.domain:name</c>.</summary>
    private static bool IsQualified(string iqn)
    {
        int colon = iqn.IndexOf(':', StringComparison.Ordinal);
        return iqn.Length > 12 && iqn[3] == '.' && iqn.AsSpan(4, 4).IndexOfAnyExceptInRange('0', '9') < 0 && iqn[8] == '-'
            && iqn.AsSpan(9, 2).IndexOfAnyExceptInRange('0', '9') < 0 && iqn[11] == '.' && colon > 12 && colon < iqn.Length - 1
            && iqn[(colon + 1)..].All(c => !",;*&$|".Contains(c) && !char.IsWhiteSpace(c));
    }

    private static void CheckFlocker(List<FieldError> errors, JsonObject source, FieldPath path)
    {
        string name = source.Text("datasetName");
        string uuid = source.Text("datasetUUID");
        if (name.Length == 0 && uuid.Length == 0)
        {
            errors.Add(FieldError.Required(path, "one of datasetName and datasetUUID is required"));
        }
        else if (name.Length > 0 && uuid.Length > 0)
        {
            errors.Add(FieldError.Invalid(path, "resource", "datasetName and datasetUUID can not be specified simultaneously"));
        }

        if (name.Contains('/', StringComparison.Ordinal))
        {
            errors.Add(FieldError.Invalid(path["datasetName"], name, "must not contain '/'"));
        }
    }

    private static void CheckSecretAndName(List<FieldError> errors, JsonObject source, FieldPath path)
    {
        foreach (string field in (string[])["volumeName", "volumeNamespace"])
        {
            if (source.Text(field) is { Length: > 0 } name)
            {
                MetadataValidation.AddInvalid(errors, path[field], name, NameRules.Dns1123Label(name));
            }
        }

        if (source.Child("secretRef") is { } secret)
        {
            VolumeValidation.Require(errors, secret, path["secretRef"], "name");
        }
    }

    private static void CheckQuobyte(List<FieldError> errors, JsonObject source, FieldPath path)
    {
        string registry = source.Text("registry");
        if (registry.Length > 0 && registry.Split(',').Any(host => host.Split(':') is not [{ Length: > 0 }, { Length: > 0 }]))
        {
            errors.Add(FieldError.Invalid(path["registry"], registry, "must be a host:port pair or multiple pairs separated by commas"));
        }

        if (source.Text("tenant").Length >= 65)
        {
            errors.Add(FieldError.Required(path["tenant"], "must be a UUID and may not exceed a length of 64 characters"));
        }

        VolumeValidation.Require(errors, source, path, "volume");
    }

    private static void CheckCsi(List<FieldError> errors, JsonObject source, FieldPath path)
    {
        string driver = source.Text("driver");
        if (driver.Length > 63)
        {
            errors.Add(FieldError.TooLong(path["driver"], 63));
        }

        if (driver.Length > 0)
        {
            MetadataValidation.AddInvalid(errors, path["driver"], driver, NameRules.Dns1123Subdomain(driver.ToLowerInvariant()));
        }

        if (source.Child("nodePublishSecretRef") is { } secret)
        {
            VolumeValidation.Require(errors, secret, path["nodePublishSecretRef"], "name");
        }
    }

    private static void CheckFibreChannel(List<FieldError> errors, JsonObject source, FieldPath path)
    {
        bool names = source.List("targetWWNs") is { Count: > 0 };
        bool ids = source.List("wwids") is { Count: > 0 };
        if (names == ids)
        {
            errors.Add(names
                ? FieldError.Invalid(path["targetWWNs"], source["targetWWNs"], "fc targetWWNs and wwids can not be specified simultaneously")
                : FieldError.Required(path["targetWWNs"], "must specify either targetWWNs or wwids, but not both"));
        }
        else if (names && source.NumberOrNull("lun") is null)
        {
            errors.Add(FieldError.Required(path["lun"], "lun is required if targetWWNs is specified"));
        }
        else if (names)
        {
            AddRange(errors, source, "lun", path, 0, 255, "must be between 0 and 255, inclusive");
        }
    }
}
