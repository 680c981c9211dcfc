using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>Node labels that have been replaced, and selectors that match nothing.</summary>
internal static class PodLabelWarnings
{
    private static readonly Dictionary<string, string> Replaced = new()
    {
        ["beta.kubernetes.io/arch"] = "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        ["beta.kubernetes.io/os"] = "deprecated since v1.14; use \"kubernetes.io/os\" instead",
        ["failure-domain.beta.kubernetes.io/region"] = "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
        ["failure-domain.beta.kubernetes.io/zone"] = "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
        ["beta.kubernetes.io/instance-type"] = "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
        ["node-role.kubernetes.io/master"] = "use \"node-role.kubernetes.io/control-plane\" instead",
    };

    public static void Check(List<string> warnings, JsonObject spec)
    {
        foreach ((string key, JsonNode? _) in spec.Child("nodeSelector") ?? [])
        {
            if (Replaced.TryGetValue(key, out string? text))
            {
                warnings.Add($"spec.nodeSelector[{key}]: {text}");
            }
        }

        CheckNodeAffinity(warnings, spec);
        int i = 0;
        foreach (JsonObject constraint in spec.Items("topologySpreadConstraints"))
        {
            FieldPath path = new FieldPath("spec.topologySpreadConstraints")[i++];
            string key = constraint.Text("topologyKey");
            AddReplaced(warnings, path["topologyKey"], key);
            AddNull(warnings, constraint, path);
        }

        foreach (string kind in (string[])["podAffinity", "podAntiAffinity"])
        {
            CheckPodAffinity(warnings, spec.Child("affinity", kind), new FieldPath("spec.affinity")[kind]);
        }
    }

    private static void CheckNodeAffinity(List<string> warnings, JsonObject spec)
    {
        const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
        int t = 0;
        foreach (JsonObject term in spec.Child("affinity", "nodeAffinity", Required).Items("nodeSelectorTerms"))
        {
            int e = 0;
            foreach (JsonObject expression in term.Items("matchExpressions"))
            {
                AddReplaced(warnings, new FieldPath("spec.affinity.nodeAffinity")[Required]["nodeSelectorTerms"][t]["matchExpressions"][e]["key"],
                    expression.Text("key"));
                e++;
            }

            t++;
        }
    }

    private static void CheckPodAffinity(List<string> warnings, JsonObject? affinity, FieldPath path)
    {
        int i = 0;
        foreach (JsonObject term in affinity.Items("requiredDuringSchedulingIgnoredDuringExecution"))
        {
            AddNull(warnings, term, path["requiredDuringSchedulingIgnoredDuringExecution"][i++]);
        }

        i = 0;
        foreach (JsonObject term in affinity.Items("preferredDuringSchedulingIgnoredDuringExecution"))
        {
            AddNull(warnings, term.Child("podAffinityTerm") ?? [], path["preferredDuringSchedulingIgnoredDuringExecution"][i++]["podAffinityTerm"]);
        }
    }

    private static void AddReplaced(List<string> warnings, FieldPath path, string key)
    {
        if (Replaced.TryGetValue(key, out string? text))
        {
            warnings.Add($"{path}: {key} is {text}");
        }
    }

    private static void AddNull(List<string> warnings, JsonObject term, FieldPath path)
    {
        if (!term.Has("labelSelector"))
        {
            warnings.Add($"{path}.labelSelector: a null labelSelector results in matching no pod");
        }
    }
}
