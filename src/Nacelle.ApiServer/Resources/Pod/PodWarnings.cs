using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources.Pod.Validation;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>What is accepted but probably not meant: deprecated fields and labels, doubles, amounts that are no bytes.</summary>
internal static class PodWarnings
{
    private static readonly Dictionary<string, string> Volumes = new()
    {
        ["gitRepo"] = "gitRepo: deprecated in v1.11, and disabled by default in v1.33+",
        ["scaleIO"] = "scaleIO: deprecated in v1.16, non-functional in v1.22+",
        ["flocker"] = "flocker: deprecated in v1.22, non-functional in v1.25+",
        ["storageos"] = "storageOS: deprecated in v1.22, non-functional in v1.25+",
        ["quobyte"] = "quobyte: deprecated in v1.22, non-functional in v1.25+",
        ["glusterfs"] = "glusterfs: deprecated in v1.25, non-functional in v1.26+",
        ["cephfs"] = "cephfs: deprecated in v1.28, non-functional in v1.31+",
        ["rbd"] = "rbd: deprecated in v1.28, non-functional in v1.31+",
    };

    private static readonly Dictionary<string, string> Annotations = new()
    {
        ["scheduler.alpha.kubernetes.io/critical-pod"] = "non-functional in v1.16+; use the \"priorityClassName\" field instead",
        ["seccomp.security.alpha.kubernetes.io/pod"] = "non-functional in v1.27+; use the \"seccompProfile\" field instead",
        ["security.alpha.kubernetes.io/sysctls"] = "non-functional in v1.11+; use the \"sysctls\" field instead",
        ["security.alpha.kubernetes.io/unsafe-sysctls"] = "non-functional in v1.11+; use the \"sysctls\" field instead",
    };

    public static IReadOnlyList<string> Of(JsonObject pod, JsonObject? old)
    {
        List<string> warnings = [];
        JsonObject spec = pod.Child("spec") ?? [];
        CheckName(warnings, pod, old);
        PodLabelWarnings.Check(warnings, spec);
        CheckAnnotations(warnings, pod, old, spec);
        CheckDoubles(warnings, spec);
        CheckVolumes(warnings, spec);
        Dictionary<string, string> seen = [];
        foreach (string list in (string[])["initContainers", "containers"])
        {
            int i = 0;
            foreach (JsonObject container in spec.Items(list))
            {
                FieldPath path = new FieldPath("spec")[list][i++];
                CheckAmounts(warnings, container, path);
                CheckEnvironment(warnings, container, path);
                CheckPorts(warnings, container, path, seen);
                if (old is null)
                {
                    EntrypointWarnings.Check(warnings, spec, container, path);
                }
            }
        }

        SharingWarnings.Check(warnings, spec, isNew: old is null);
        return warnings;
    }

    private static void CheckName(List<string> warnings, JsonObject pod, JsonObject? old)
    {
        IReadOnlyList<string> faults = NameRules.Dns1123Label(pod.Child("metadata").Text("name"));
        if (old is null && faults.Count > 0)
        {
            warnings.Add("metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: ["
                + string.Join(' ', faults) + "]");
        }
    }

    private static void CheckAnnotations(List<string> warnings, JsonObject pod, JsonObject? old, JsonObject spec)
    {
        foreach ((string name, JsonNode? _) in pod.Child("metadata", "annotations") ?? [])
        {
            bool isNew = !(old.Child("metadata", "annotations")?.Has(name) ?? false);
            if (isNew && Annotations.TryGetValue(name, out string? text))
            {
                warnings.Add($"metadata.annotations[{name}]: {text}");
            }
            else if (isNew && name.StartsWith(AppArmorFields.AnnotationPrefix, StringComparison.Ordinal))
            {
                warnings.Add($"metadata.annotations[{name}]: deprecated since v1.30; use the \"appArmorProfile\" field instead");
            }
        }
    }

    private static void CheckDoubles(List<string> warnings, JsonObject spec)
    {
        HashSet<string> names = [];
        int i = 0;
        foreach (JsonObject secret in spec.Items("imagePullSecrets"))
        {
            string name = secret.Text("name");
            if (name.Length == 0)
            {
                warnings.Add($"spec.imagePullSecrets[{i}].name: invalid empty name \"\"");
            }
            else if (!names.Add(name))
            {
                warnings.Add($"spec.imagePullSecrets[{i}].name: duplicate name {GoText.Quote(name)}");
            }

            i++;
        }

        HashSet<string> addresses = [];
        i = 0;
        foreach (JsonObject alias in spec.Items("hostAliases"))
        {
            if (!addresses.Add(alias.Text("ip")))
            {
                warnings.Add($"spec.hostAliases[{i}].ip: duplicate ip {GoText.Quote(alias.Text("ip"))}");
            }

            i++;
        }
    }

    private static void CheckVolumes(List<string> warnings, JsonObject spec)
    {
        int i = 0;
        foreach (JsonObject volume in spec.Items("volumes"))
        {
            foreach ((string field, string text) in Volumes)
            {
                if (volume.Has(field))
                {
                    warnings.Add(string.Create(CultureInfo.InvariantCulture, $"spec.volumes[{i}].{text}"));
                }
            }

            ProjectedWarnings.Check(warnings, volume);
            i++;
        }
    }

    private static void CheckAmounts(List<string> warnings, JsonObject container, FieldPath path)
    {
        foreach (string section in (string[])["limits", "requests"])
        {
            foreach ((string name, JsonNode? value) in container.Child("resources", section) ?? [])
            {
                if (name is "memory" or "ephemeral-storage" && !ResourceValidation.Read(value).IsWhole)
                {
                    warnings.Add($"{path["resources"][section].Key(name)}: fractional byte value {GoText.Quote(value.AsText()!)} is invalid, must be an integer");
                }
            }
        }
    }

    private static void CheckEnvironment(List<string> warnings, JsonObject container, FieldPath path)
    {
        HashSet<string> names = [];
        int i = 0;
        foreach (JsonObject variable in container.Items("env"))
        {
            string name = variable.Text("name");
            bool uses = variable.Text("value").Contains("$(" + name + ")", StringComparison.Ordinal);
            if (!names.Add(name) && !uses)
            {
                warnings.Add($"{path["env"][i]}: hides previous definition of {GoText.Quote(name)}, which may be dropped when using apply");
            }

            i++;
        }
    }

    private static void CheckPorts(List<string> warnings, JsonObject container, FieldPath path, Dictionary<string, string> seen)
    {
        int i = 0;
        foreach (JsonObject port in container.Items("ports"))
        {
            string at = path["ports"][i++].ToString();
            string key = $"{port.Text("protocol")}/{port.Text("hostIP")}/{port.Number("hostPort")}/{port.Number("containerPort")}";
            if (!seen.TryAdd(key, at))
            {
                warnings.Add($"{at}: duplicate port definition with {seen[key]}");
            }
        }
    }
}
