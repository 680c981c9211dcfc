using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of a container's volume mounts and block devices.</summary>
internal static class MountValidation
{
    public static void CheckMounts(List<FieldError> errors, JsonObject container, FieldPath path, PodContext pod)
    {
        HashSet<string> deviceNames = [.. container.Items("volumeDevices").Select(device => device.Text("name"))];
        HashSet<string> devicePaths = [.. container.Items("volumeDevices").Select(device => device.Text("devicePath"))];
        HashSet<string> points = [];
        int i = 0;
        foreach (JsonObject mount in container.Items("volumeMounts"))
        {
            FieldPath at = path[i++];
            CheckName(errors, mount, at, pod);
            string point = mount.Text("mountPath");
            if (point.Length == 0)
            {
                errors.Add(FieldError.Required(at["mountPath"]));
            }

            AddIf(errors, !points.Add(point), at["mountPath"], point, "must be unique");
            AddIf(errors, deviceNames.Contains(mount.Text("name")), at["name"], mount.Text("name"), "must not already exist in volumeDevices");
            AddIf(errors, devicePaths.Contains(point), at["mountPath"], point, "must not already exist as a path in volumeDevices");
            CheckSubPaths(errors, mount, path, at);
            CheckPropagation(errors, mount, container, path["mountPropagation"]);
            CheckRecursiveReadOnly(errors, mount, path["recursiveReadOnly"]);
        }
    }

    public static void CheckDevices(List<FieldError> errors, JsonObject container, FieldPath path, PodContext pod)
    {
        HashSet<string> mountNames = [.. container.Items("volumeMounts").Select(mount => mount.Text("name"))];
        HashSet<string> mountPaths = [.. container.Items("volumeMounts").Select(mount => mount.Text("mountPath"))];
        HashSet<string> names = [];
        HashSet<string> paths = [];
        int i = 0;
        foreach (JsonObject device in container.Items("volumeDevices"))
        {
            FieldPath at = path[i++];
            string name = device.Text("name");
            string node = device.Text("devicePath");
            AddIf(errors, name.Length > 0 && !names.Add(name), at["name"], name, "must be unique");
            CheckName(errors, device, at, pod);
            bool isBlock = pod.Volumes.TryGetValue(name, out JsonObject? volume) && (volume.Has("persistentVolumeClaim") || volume.Has("ephemeral"));
            AddIf(errors, volume is not null && !isBlock, at["name"], name,
                "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
            if (node.Length == 0)
            {
                errors.Add(FieldError.Required(at["devicePath"]));
            }

            AddIf(errors, !paths.Add(node), at["devicePath"], node, "must be unique");
            AddIf(errors, PathRules.HasBackstep(node), at["devicePath"], node, "can not contain backsteps ('..')");
            AddIf(errors, mountNames.Contains(name), at["name"], name, "must not already exist in volumeMounts");
            AddIf(errors, mountPaths.Contains(node), at["devicePath"], node, "must not already exist as a path in volumeMounts");
        }
    }

    private static void CheckName(List<FieldError> errors, JsonObject mount, FieldPath path, PodContext pod)
    {
        string name = mount.Text("name");
        if (name.Length == 0)
        {
            errors.Add(FieldError.Required(path["name"]));
        }

        if (!pod.Volumes.ContainsKey(name))
        {
            errors.Add(FieldError.NotFound(path["name"], name));
        }
    }

    private static void CheckSubPaths(List<FieldError> errors, JsonObject mount, FieldPath path, FieldPath at)
    {
        string subPath = mount.Text("subPath");
        string expression = mount.Text("subPathExpr");
        if (subPath.Length > 0)
        {
            PathRules.CheckDescending(errors, subPath, path["subPath"]);
        }

        if (expression.Length > 0)
        {
            AddIf(errors, subPath.Length > 0, at["subPathExpr"], expression, "subPathExpr and subPath are mutually exclusive");
            PathRules.CheckDescending(errors, expression, path["subPathExpr"]);
        }
    }

    private static void CheckPropagation(List<FieldError> errors, JsonObject mount, JsonObject container, FieldPath path)
    {
        string? mode = mount.TextOrNull("mountPropagation");
        if (mode is not null and not ("Bidirectional" or "HostToContainer" or "None"))
        {
            errors.Add(FieldError.NotSupported(path, mode, "Bidirectional", "HostToContainer", "None"));
        }
        else if (mode == "Bidirectional" && !container.Child("securityContext").Flag("privileged"))
        {
            errors.Add(FieldError.Forbidden(path, "Bidirectional mount propagation is available only to privileged containers"));
        }
    }

    private static void CheckRecursiveReadOnly(List<FieldError> errors, JsonObject mount, FieldPath path)
    {
        string? mode = mount.TextOrNull("recursiveReadOnly");
        if (mode is null or "Disabled")
        {
            return;
        }

        if (mode is not ("Enabled" or "IfPossible"))
        {
            errors.Add(FieldError.NotSupported(path, mode, "Disabled", "Enabled", "IfPossible"));
            return;
        }

        if (!mount.Flag("readOnly"))
        {
            errors.Add(FieldError.Forbidden(path, "may only be specified when readOnly is true"));
        }

        if (mount.TextOrNull("mountPropagation") is not null and not "None")
        {
            errors.Add(FieldError.Forbidden(path, "may only be specified when mountPropagation is None or not specified"));
        }
    }

    private static void AddIf(List<FieldError> errors, bool wrong, FieldPath path, string value, string detail)
    {
        if (wrong)
        {
            errors.Add(FieldError.Invalid(path, value, detail));
        }
    }
}
