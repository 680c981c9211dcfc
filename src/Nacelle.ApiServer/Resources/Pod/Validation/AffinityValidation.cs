using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of node and Pod affinity, and of the selectors in them.</summary>
internal static class AffinityValidation
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    public static void Check(List<FieldError> errors, PodContext pod)
    {
        JsonObject? affinity = pod.Spec.Child("affinity");
        FieldPath path = pod.Path["affinity"];
        CheckNodes(errors, affinity.Child("nodeAffinity"), path["nodeAffinity"]);
        foreach (string kind in (string[])["podAffinity", "podAntiAffinity"])
        {
            CheckPods(errors, affinity.Child(kind), path[kind]);
        }
    }

    /// <summary>A label selector of the API (not of a query).</summary>
    public static void CheckSelector(List<FieldError> errors, JsonObject? selector, FieldPath path)
    {
        MetadataValidation.CheckLabels(errors, selector.Child("matchLabels"), path["matchLabels"]);
        int i = 0;
        foreach (JsonObject requirement in selector.Items("matchExpressions"))
        {
            FieldPath at = path["matchExpressions"][i++];
            CheckValues(errors, requirement, at, numbers: false);
            MetadataValidation.AddInvalid(errors, at["key"], requirement.Text("key"), NameRules.QualifiedName(requirement.Text("key")));
            int v = 0;
            foreach (string value in requirement.Texts("values"))
            {
                MetadataValidation.AddInvalid(errors, at["values"][v++], value, NameRules.LabelValue(value));
            }
        }
    }

    private static void CheckNodes(List<FieldError> errors, JsonObject? affinity, FieldPath path)
    {
        if (affinity.Child(Required) is { } required)
        {
            JsonObject[] terms = [.. required.Items("nodeSelectorTerms")];
            if (terms.Length == 0)
            {
                errors.Add(FieldError.Required(path[Required]["nodeSelectorTerms"], "must have at least one node selector term"));
            }

            for (int i = 0; i < terms.Length; i++)
            {
                CheckNodeTerm(errors, terms[i], path[Required]["nodeSelectorTerms"][i]);
            }
        }

        int p = 0;
        foreach (JsonObject preference in affinity.Items(Preferred))
        {
            FieldPath at = path[Preferred][p++];
            CheckWeight(errors, preference, at);
            CheckNodeTerm(errors, preference.Child("preference"), at["preference"]);
        }
    }

    private static void CheckNodeTerm(List<FieldError> errors, JsonObject? term, FieldPath path)
    {
        int i = 0;
        foreach (JsonObject requirement in term.Items("matchExpressions"))
        {
            FieldPath at = path["matchExpressions"][i++];
            CheckValues(errors, requirement, at, numbers: true);
            MetadataValidation.AddInvalid(errors, at["key"], requirement.Text("key"), NameRules.QualifiedName(requirement.Text("key")));
        }

        i = 0;
        foreach (JsonObject requirement in term.Items("matchFields"))
        {
            CheckNodeField(errors, requirement, path["matchFields"][i++]);
        }
    }

    private static void CheckNodeField(List<FieldError> errors, JsonObject requirement, FieldPath path)
    {
        string op = requirement.Text("operator");
        string[] values = [.. requirement.Texts("values")];
        if (op is not ("In" or "NotIn"))
        {
            errors.Add(FieldError.Invalid(path["operator"], op, "not a valid selector operator"));
        }
        else if (values.Length != 1)
        {
            errors.Add(FieldError.Required(path["values"], "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
        }

        if (requirement.Text("key") != "metadata.name")
        {
            errors.Add(FieldError.Invalid(path["key"], requirement.Text("key"), "not a valid field selector key"));
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            MetadataValidation.AddInvalid(errors, path["values"][i], values[i], NameRules.Dns1123Subdomain(values[i]));
        }
    }

    private static void CheckValues(List<FieldError> errors, JsonObject requirement, FieldPath path, bool numbers)
    {
        int count = requirement.List("values")?.Count ?? 0;
        switch (requirement.Text("operator"))
        {
            case "In" or "NotIn" when count == 0:
                errors.Add(FieldError.Required(path["values"], "must be specified when `operator` is 'In' or 'NotIn'"));
                break;
            case "Exists" or "DoesNotExist" when count > 0:
                errors.Add(FieldError.Forbidden(path["values"], "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
                break;
            case "Gt" or "Lt" when numbers && count != 1:
                errors.Add(FieldError.Required(path["values"], "must be specified single value when `operator` is 'Lt' or 'Gt'"));
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist":
                break;
            case "Gt" or "Lt" when numbers:
                break;
            default:
                errors.Add(FieldError.Invalid(path["operator"], requirement.Text("operator"), "not a valid selector operator"));
                break;
        }
    }

    private static void CheckPods(List<FieldError> errors, JsonObject? affinity, FieldPath path)
    {
        int i = 0;
        foreach (JsonObject term in affinity.Items(Required))
        {
            CheckPodTerm(errors, term, path[Required][i++]);
        }

        i = 0;
        foreach (JsonObject preference in affinity.Items(Preferred))
        {
            FieldPath at = path[Preferred][i++];
            CheckWeight(errors, preference, at);
            CheckPodTerm(errors, preference.Child("podAffinityTerm") ?? [], at["podAffinityTerm"]);
        }
    }

    private static void CheckPodTerm(List<FieldError> errors, JsonObject term, FieldPath path)
    {
        CheckSelector(errors, term.Child("labelSelector"), path["labelSelector"]);
        CheckSelector(errors, term.Child("namespaceSelector"), path["namespaceSelector"]);
        foreach (string name in term.Texts("namespaces"))
        {
            MetadataValidation.AddInvalid(errors, path["namespace"], name, NameRules.Dns1123Label(name));
        }

        CheckLabelKeys(errors, term, path);
        string key = term.Text("topologyKey");
        if (key.Length == 0)
        {
            errors.Add(FieldError.Required(path["topologyKey"], "can not be empty"));
        }
        else
        {
            MetadataValidation.AddInvalid(errors, path["topologyKey"], key, NameRules.QualifiedName(key));
        }
    }

    private static void CheckLabelKeys(List<FieldError> errors, JsonObject term, FieldPath path)
    {
        foreach (string field in (string[])["matchLabelKeys", "mismatchLabelKeys"])
        {
            string[] keys = [.. term.Texts(field)];
            if (keys.Length > 0 && !term.Has("labelSelector"))
            {
                errors.Add(FieldError.Forbidden(path[field], "must not be specified when labelSelector is not set"));
            }

            for (int i = 0; i < keys.Length; i++)
            {
                MetadataValidation.AddInvalid(errors, path[field][i], keys[i], NameRules.QualifiedName(keys[i]));
            }
        }

        string[] mismatched = [.. term.Texts("mismatchLabelKeys")];
        int at = 0;
        foreach (string key in term.Texts("matchLabelKeys"))
        {
            if (mismatched.Contains(key))
            {
                errors.Add(FieldError.Invalid(path["matchLabelKeys"][at], key, "exists in both matchLabelKeys and mismatchLabelKeys"));
            }

            at++;
        }
    }

    private static void CheckWeight(List<FieldError> errors, JsonObject preference, FieldPath path)
    {
        if (preference.Number("weight") is < 1 or > 100)
        {
            errors.Add(FieldError.Invalid(path["weight"], preference.Number("weight"), "must be in the range 1-100"));
        }
    }
}
