using k8s.Models;

namespace Nacelle.Controllers.Scheduling;

/// <summary>Matches a LabelSelector against labels: null matches nothing, an empty selector everything.</summary>
public static class LabelSelectors
{
    public static bool Matches(V1LabelSelector? selector, IDictionary<string, string>? labels)
    {
        labels ??= new Dictionary<string, string>();
        return selector is not null
            && (selector.MatchLabels ?? new Dictionary<string, string>())
                .All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value)
            && (selector.MatchExpressions ?? []).All(requirement => Matches(requirement, labels));
    }

    private static bool Matches(V1LabelSelectorRequirement requirement, IDictionary<string, string> labels)
    {
        var value = labels.TryGetValue(requirement.Key, out var found) ? found : null;
        return requirement.OperatorProperty switch
        {
            "In" => value is not null && requirement.Values?.Contains(value) == true,
            "NotIn" => value is null || requirement.Values?.Contains(value) != true,
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            _ => false,
        };
    }
}
