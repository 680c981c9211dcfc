using System.Globalization;
using k8s.Models;

namespace Nacelle.Controllers.Namespaces;

/// <summary>The five conditions of a Terminating namespace, with the reasons and messages of kube-controller-manager.</summary>
public static class NamespaceConditions
{
    /// <summary>The conditions after a pass; a condition whose status does not change keeps its transition time.</summary>
    public static IReadOnlyList<V1NamespaceCondition> After(
        ContentRemains remains, IList<V1NamespaceCondition>? before, DateTime now)
    {
        IReadOnlyList<V1NamespaceCondition> conditions =
        [
            remains.DiscoveryFailure is { } failure
                ? Condition("NamespaceDeletionDiscoveryFailure", true, "DiscoveryFailed", "Discovery failed for some groups, " + failure)
                : Condition("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"),
            Condition("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed"),
            remains.DeletionFailures.Count > 0
                ? Condition(
                    "NamespaceDeletionContentFailure",
                    true,
                    "ContentDeletionFailed",
                    "Failed to delete all resource types, "
                        + string.Create(CultureInfo.InvariantCulture, $"{remains.DeletionFailures.Count} remaining: ")
                        + string.Join(", ", remains.DeletionFailures.Order(StringComparer.Ordinal)))
                : Condition(
                    "NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
            remains.Resources.Count > 0
                ? Condition(
                    "NamespaceContentRemaining",
                    true,
                    "SomeResourcesRemain",
                    "Some resources are remaining: " + Counts(remains.Resources, (name, count) => $"{name} has {count} resource instances"))
                : Condition("NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed"),
            remains.Finalizers.Count > 0
                ? Condition(
                    "NamespaceFinalizersRemaining",
                    true,
                    "SomeFinalizersRemain",
                    "Some content in the namespace has finalizers remaining: "
                        + Counts(remains.Finalizers, (name, count) => $"{name} in {count} resource instances"))
                : Condition("NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
        ];

        foreach (var condition in conditions)
        {
            var same = before?.FirstOrDefault(other => other.Type == condition.Type && other.Status == condition.Status);
            condition.LastTransitionTime = same?.LastTransitionTime ?? now;
        }

        return conditions;
    }

    private static V1NamespaceCondition Condition(string type, bool status, string reason, string message)
        => new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };

    private static string Counts(IReadOnlyDictionary<string, int> counts, Func<string, int, FormattableString> write)
        => string.Join(", ", counts.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => FormattableString.Invariant(write(pair.Key, pair.Value))));
}
