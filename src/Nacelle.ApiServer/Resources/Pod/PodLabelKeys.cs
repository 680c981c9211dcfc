using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>Turns <c>matchLabelKeys</c> and <c>mismatchLabelKeys</c> into selector requirements with the Pod's own label values.</summary>
internal static class PodLabelKeys
{
    public static void Apply(JsonObject pod, JsonObject spec)
    {
        JsonObject? labels = pod.Child("metadata", "labels");
        if (labels is null)
        {
            return;
        }

        foreach (JsonObject constraint in spec.Items("topologySpreadConstraints"))
        {
            AddRequirements(constraint, "matchLabelKeys", "In", labels);
        }

        foreach (string kind in (string[])["podAffinity", "podAntiAffinity"])
        {
            JsonObject? affinity = spec.Child("affinity", kind);
            IEnumerable<JsonObject> terms = affinity.Items("requiredDuringSchedulingIgnoredDuringExecution")
                .Concat(affinity.Items("preferredDuringSchedulingIgnoredDuringExecution").Select(term => term.Child("podAffinityTerm")).OfType<JsonObject>());
            foreach (JsonObject term in terms)
            {
                AddRequirements(term, "matchLabelKeys", "In", labels);
                AddRequirements(term, "mismatchLabelKeys", "NotIn", labels);
            }
        }
    }

    private static void AddRequirements(JsonObject term, string keys, string op, JsonObject labels)
    {
        if (term.Child("labelSelector") is not { } selector)
        {
            return;
        }

        foreach (string key in term.Texts(keys))
        {
            if (!labels.Has(key))
            {
                continue;
            }

            JsonArray expressions = selector.List("matchExpressions") ?? [];
            selector["matchExpressions"] = expressions;
            expressions.Add((JsonNode)new JsonObject
            {
                ["key"] = key,
                ["operator"] = op,
                ["values"] = new JsonArray(JsonValue.Create(labels.Text(key))),
            });
        }
    }
}
