using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>What whoever creates a Pod should know of what its sharing exposes: two or three lines, the worst first.</summary>
public static class ExposureWarnings
{
    private const int Most = 3;

    // A Warning header is one line that a terminal should show whole.
    private const int NamesShown = 2;

    /// <summary>Empty for a Pod that shares no process namespace, and for one whose sharing exposes nothing but its processes' names.</summary>
    public static IReadOnlyList<string> Of(JsonObject spec)
    {
        PodFacts pod = PodFactsReader.Read("", spec);
        if (pod.Sharing.Length == 0)
        {
            return [];
        }

        List<ExposureFinding[]> groups =
        [
            .. PodAudit.Of(pod)
                .GroupBy(finding => (finding.Observer, finding.Target))
                .Where(pair => pair.Any(Matters))
                .Select(pair => pair.Where(finding => Matters(finding) || ReadsMore(finding)).ToArray())
                .OrderByDescending(group => group.Max(finding => finding.Level))
                .ThenByDescending(group => group.Max(finding => finding.Exposes.Length)),
        ];
        IEnumerable<string> lines = groups.Take(groups.Count > Most ? Most - 1 : Most).Select(group => $"spec.{pod.Sharing}: {Line(group)}");
        return groups.Count > Most
            ? [.. lines, $"spec.{pod.Sharing}: {groups.Count - Most + 1} more pairs of containers are open to each other; \"nacelle audit\" lists them"]
            : [.. lines];
    }

    private static bool Matters(ExposureFinding finding) =>
        finding.IsOpen && (finding.Level == ExposureLevel.High || (finding.Level == ExposureLevel.Medium && finding.Exposes.Length > 0));

    /// <summary>What belongs into the line of a pair that is told anyway.</summary>
    private static bool ReadsMore(ExposureFinding finding) =>
        finding.IsOpen && finding.Access is (Access.Environ or Access.Root or Access.Memory or Access.Descriptors);

    private static string Line(ExposureFinding[] group)
    {
        ExposureFinding worst = group.MaxBy(finding => finding.Level)!;
        string accesses = string.Join(", ", group.Select(finding => Words.Of(finding.Access)));
        string steps = worst.Steps.Length > 0 ? $" after {worst.Steps}" : "";
        string[] names = [.. group.SelectMany(finding => finding.Exposes).Distinct()];
        string shown = string.Join(", ", names.Take(NamesShown));
        string more = names.Length > NamesShown ? $" and {names.Length - NamesShown} more" : "";
        string exposes = names.Length > 0 ? $": {shown}{more}" : "";
        return $"container {worst.Observer} can reach {accesses} of {Target(worst.Target)}{steps}{exposes}; to close it, {worst.Remedy}";
    }

    private static string Target(string name) => name.StartsWith('(') ? "the host" : $"container {name}";
}
