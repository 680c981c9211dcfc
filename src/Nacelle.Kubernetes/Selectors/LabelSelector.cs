using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Selectors;

/// <summary>A parsed label selector: all its requirements must hold. Empty matches everything.</summary>
public sealed record LabelSelector(ImmutableArray<LabelRequirement> Requirements)
{
    public static LabelSelector Everything { get; } = new([]);

    public bool MatchesEverything => Requirements.IsEmpty;

    /// <exception cref="FormatException">Not a selector; the message is the one that the API answers with status 400.</exception>
    public static LabelSelector Parse(string text) =>
        string.IsNullOrEmpty(text) ? Everything : new([.. new LabelParser(text).Parse()]);

    public bool Matches(IReadOnlyDictionary<string, string> labels) =>
        Matches(key => labels.TryGetValue(key, out string? value) ? value : null);

    /// <summary>Matches <c>metadata.labels</c> of an object, or null for an object without labels.</summary>
    public bool Matches(JsonObject? labels) =>
        Matches(key => labels is not null && labels.TryGetPropertyValue(key, out JsonNode? value) ? value?.GetValue<string>() ?? "" : null);

    private bool Matches(Func<string, string?> label)
    {
        foreach (LabelRequirement requirement in Requirements)
        {
            if (!requirement.Matches(label))
            {
                return false;
            }
        }

        return true;
    }
}
