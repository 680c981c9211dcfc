using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources.Pod.Validation;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Node;

/// <summary>The rules of Nodes.</summary>
internal static class NodeValidation
{
    public static IReadOnlyList<FieldError> Create(JsonObject item)
    {
        List<FieldError> errors = [];
        MetadataValidation.Check(errors, item, namespaced: false, NameRules.Dns1123Subdomain);
        CheckTaints(errors, item);
        CheckStatus(errors, item);
        CheckRanges(errors, item);
        return errors;
    }

    public static IReadOnlyList<FieldError> Update(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        MetadataValidation.CheckUpdate(errors, item, old, namespaced: false);
        CheckTaints(errors, item);
        CheckStatus(errors, item);
        JsonObject? spec = item.Child("spec");
        JsonObject? before = old.Child("spec");
        if (before.List("podCIDRs") is { Count: > 0 } && !JsonNode.DeepEquals(spec?["podCIDRs"], before?["podCIDRs"]))
        {
            errors.Add(FieldError.Forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid"));
        }

        if (before.Text("providerID").Length > 0 && spec.Text("providerID") != before.Text("providerID"))
        {
            errors.Add(FieldError.Forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid"));
        }

        return errors;
    }

    private static void CheckTaints(List<FieldError> errors, JsonObject item)
    {
        HashSet<string> seen = [];
        int i = 0;
        foreach (JsonObject taint in item.Child("spec").Items("taints"))
        {
            FieldPath path = new FieldPath("metadata.taints")[i++];
            MetadataValidation.AddInvalid(errors, path["key"], taint.Text("key"), NameRules.QualifiedName(taint.Text("key")));
            MetadataValidation.AddInvalid(errors, path["value"], taint.Text("value"), NameRules.LabelValue(taint.Text("value")));
            string effect = taint.Text("effect");
            if (effect.Length == 0)
            {
                errors.Add(FieldError.Required(path["effect"]));
            }
            else if (effect is not ("NoSchedule" or "PreferNoSchedule" or "NoExecute"))
            {
                errors.Add(FieldError.NotSupported(path["effect"], effect, "NoSchedule", "PreferNoSchedule", "NoExecute"));
            }

            if (!seen.Add(taint.Text("key") + "=" + effect))
            {
                errors.Add(FieldError.Duplicate(path, taint));
            }
        }
    }

    private static void CheckStatus(List<FieldError> errors, JsonObject item)
    {
        foreach (string section in (string[])["capacity", "allocatable"])
        {
            foreach ((string name, JsonNode? value) in item.Child("status", section) ?? [])
            {
                if (ResourceValidation.Read(value) is { Sign: < 0 } amount)
                {
                    errors.Add(FieldError.Invalid(new FieldPath("status")[section][name], amount.ToString(), "must be greater than or equal to 0"));
                }
            }
        }
    }

    private static void CheckRanges(List<FieldError> errors, JsonObject item)
    {
        string[] ranges = [.. item.Child("spec").Texts("podCIDRs")];
        for (int i = 0; i < ranges.Length; i++)
        {
            if (!System.Net.IPNetwork.TryParse(ranges[i], out _))
            {
                errors.Add(FieldError.Invalid(new FieldPath("spec.podCIDRs")[i], ranges[i], "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
            }
        }

        int sixes = ranges.Count(range => range.Contains(':', StringComparison.Ordinal));
        if (ranges.Length > 2 || (ranges.Length == 2 && sixes != 1))
        {
            errors.Add(FieldError.Invalid("spec.podCIDRs", item.Child("spec").List("podCIDRs"), "may specify no more than one CIDR for each IP family"));
        }
    }
}
