using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;
using Nacelle.Kubernetes.Quantities;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of resources of the Pod as a whole, and of its claims.</summary>
internal static class PodResourceValidation
{
    public static void Check(List<FieldError> errors, PodContext pod)
    {
        if (pod.Spec.Child("resources") is not { } resources)
        {
            return;
        }

        FieldPath path = pod.Path["resources"];
        if (pod.Spec.Child("os").Text("name") == "windows")
        {
            errors.Add(FieldError.Forbidden(path, "may not be set for a windows pod"));
        }

        if (resources.List("claims") is { Count: > 0 })
        {
            errors.Add(FieldError.Forbidden(path["claims"], "claims may not be set for Resources at pod-level"));
            resources = new JsonObject { ["limits"] = resources["limits"]?.DeepClone(), ["requests"] = resources["requests"]?.DeepClone() };
        }

        ResourceValidation.Check(errors, resources, path, pod.ClaimNames, podLevel: true);
        CheckAgainstContainers(errors, pod, resources, path);
    }

    public static void CheckClaims(List<FieldError> errors, PodContext pod)
    {
        HashSet<string> names = [];
        int i = 0;
        foreach (JsonObject claim in pod.Spec.Items("resourceClaims"))
        {
            FieldPath at = pod.Path["resourceClaims"][i++];
            string name = claim.Text("name");
            if (name.Length == 0)
            {
                errors.Add(FieldError.Required(at["name"]));
            }
            else if (!names.Add(name))
            {
                errors.Add(FieldError.Duplicate(at["name"], name));
            }
            else
            {
                MetadataValidation.AddInvalid(errors, at["name"], name, NameRules.Dns1123Label(name));
            }

            CheckClaimSource(errors, claim, at);
        }
    }

    private static void CheckClaimSource(List<FieldError> errors, JsonObject claim, FieldPath path)
    {
        string? direct = claim.TextOrNull("resourceClaimName");
        string? template = claim.TextOrNull("resourceClaimTemplateName");
        if (direct is not null && template is not null)
        {
            errors.Add(FieldError.InvalidText(path, InternalForm.ResourceClaim(claim),
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"));
        }
        else if (direct is null && template is null)
        {
            errors.Add(FieldError.InvalidText(path, InternalForm.ResourceClaim(claim),
                "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"));
        }

        if (direct is not null)
        {
            MetadataValidation.AddInvalid(errors, path["resourceClaimName"], direct, NameRules.Dns1123Subdomain(direct));
        }

        if (template is not null)
        {
            MetadataValidation.AddInvalid(errors, path["resourceClaimTemplateName"], template, NameRules.Dns1123Subdomain(template));
        }
    }

    private static void CheckAgainstContainers(List<FieldError> errors, PodContext pod, JsonObject resources, FieldPath path)
    {
        SortedDictionary<string, Quantity> needed = PodResources.Aggregate(pod.Spec, "requests");
        foreach ((string name, JsonNode? value) in resources.Child("requests") ?? [])
        {
            Quantity amount = ResourceValidation.Read(value);
            if (needed.TryGetValue(name, out Quantity? sum) && amount < sum)
            {
                errors.Add(FieldError.Invalid(path["requests"].Key(name), amount.ToString(),
                    $"must be greater than or equal to aggregate container requests of {sum}"));
            }
        }

        JsonObject limits = resources.Child("limits") ?? [];
        foreach (string list in (string[])["containers", "initContainers"])
        {
            int i = 0;
            foreach (JsonObject container in pod.Spec.Items(list))
            {
                foreach ((string name, Quantity limit) in PodResources.Amounts(container, "limits"))
                {
                    if (limits.Has(name) && limit > ResourceValidation.Read(limits[name]))
                    {
                        string index = i.ToString(CultureInfo.InvariantCulture);
                        errors.Add(FieldError.Invalid(path[$"{list}[{index}][{name}].limits"], limit.ToString(),
                            $"must be less than or equal to pod limits of {ResourceValidation.Read(limits[name])}"));
                    }
                }

                i++;
            }
        }
    }
}
