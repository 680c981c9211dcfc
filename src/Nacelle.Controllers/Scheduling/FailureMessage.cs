using System.Globalization;

namespace Nacelle.Controllers.Scheduling;

/// <summary>
/// The text of FailedScheduling as kube-scheduler writes it: nodes counted by reason in text order, then what preemption could do.
/// Every Pod here has the same priority, so there is never a victim.
/// </summary>
public static class FailureMessage
{
    public static string Write(int nodes, IReadOnlyList<Refusal> refusals, int helplessNodes)
    {
        var reasons = refusals.GroupBy(refusal => refusal.Reason).Select(group => Count(group.Count(), group.Key));
        List<string> preemption = [];
        if (helplessNodes > 0)
        {
            preemption.Add(Count(helplessNodes, "Preemption is not helpful for scheduling"));
        }

        if (helplessNodes < nodes)
        {
            preemption.Add(Count(nodes - helplessNodes, "No preemption victims found for incoming pod"));
        }

        return $"{Line(nodes, reasons)} preemption: {Line(nodes, preemption)}";
    }

    private static string Line(int nodes, IEnumerable<string> counts)
        => string.Create(CultureInfo.InvariantCulture, $"0/{nodes} nodes are available: {string.Join(", ", counts.Order(StringComparer.Ordinal))}.");

    private static string Count(int count, string reason) => string.Create(CultureInfo.InvariantCulture, $"{count} {reason}");
}
