using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>While a scheduling gate holds a Pod back, the nodes that it may go to can be narrowed, not widened.</summary>
internal static class GatedUpdateRules
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";

    public static void Check(List<FieldError> errors, JsonObject spec, JsonObject before)
    {
        JsonObject selector = spec.Child("nodeSelector") ?? [];
        if ((before.Child("nodeSelector") ?? []).Any(entry => selector.TextOrNull(entry.Key) != entry.Value.AsText()))
        {
            errors.Add(FieldError.Invalid("spec.nodeSelector", selector, "only additions to spec.nodeSelector are allowed (no mutations or deletions)"));
        }

        CheckTerms(errors, spec.Child("affinity", "nodeAffinity", Required), before.Child("affinity", "nodeAffinity", Required));
    }

    public static void RestoreNodeAffinity(JsonObject spec, JsonObject before)
    {
        if (spec.Child("affinity") is { } affinity && before.Child("affinity") is { } old)
        {
            PodUpdateRules.Restore(affinity, old, "nodeAffinity");
        }
        else if (spec.Child("affinity") is { Count: <= 1 } only && !before.Has("affinity") && only.Has("nodeAffinity"))
        {
            spec.Remove("affinity");
        }
    }

    private static void CheckTerms(List<FieldError> errors, JsonObject? now, JsonObject? before)
    {
        FieldPath path = $"spec.affinity.nodeAffinity.{Required}.nodeSelectorTerms";
        JsonObject[] old = [.. before.Items("nodeSelectorTerms")];
        JsonObject[] terms = [.. now.Items("nodeSelectorTerms")];
        if (old.Length == 0)
        {
            return;
        }

        if (old.Length != terms.Length)
        {
            errors.Add(FieldError.Invalid(path, now.List("nodeSelectorTerms"), "no additions/deletions to non-empty NodeSelectorTerms list are allowed"));
            return;
        }

        for (int i = 0; i < old.Length; i++)
        {
            if (!IsNarrower(terms[i], old[i], "matchExpressions") || !IsNarrower(terms[i], old[i], "matchFields"))
            {
                errors.Add(FieldError.Invalid(path[i], terms[i], "only additions are allowed (no mutations or deletions)"));
            }
        }
    }

    private static bool IsNarrower(JsonObject now, JsonObject before, string list) =>
        before.Items(list).All(old => now.Items(list).Any(item => JsonNode.DeepEquals(item, old)));
}
