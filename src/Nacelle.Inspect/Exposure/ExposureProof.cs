using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Inspect.Exposure;

/// <summary>Compares what was predicted with what was tried: every process and every state that the rules tell apart, not the deciding one alone.</summary>
/// <param name="pod">What is known of the Pod, after the attempts.</param>
internal sealed class ExposureProof(PodFacts pod, ProbeReport report, IReadOnlyList<LiveContainer> containers)
{
    private const string Contradicted = "prediction contradicted: defect of nacelle";

    private readonly Dictionary<int, ProcessIdentity> identities =
        pod.Containers.SelectMany(container => container.Processes).DistinctBy(process => process.Pid).ToDictionary(process => process.Pid);

    private readonly Dictionary<string, LiveContainer> live = containers.ToDictionary(container => container.Name);

    private readonly ILookup<(string, string), TriedPair> tried = TriedByName(report, containers);

    public ExposureFinding Apply(ExposureFinding finding)
    {
        var (observer, target) = (live[finding.Observer], live[finding.Target]);
        List<TriedPair> pairs = [.. tried[(finding.Observer, finding.Target)]];
        var answered = pairs.Where(pair => pair.Outcomes.TryGetValue(finding.Access, out var outcome) && outcome.Open is not null).ToList();
        List<string> contradictions = [.. answered.Where(pair => !AgreesWith(finding.Access, pair)).Select(pair => Contradiction(finding.Access, pair))];
        List<string> gaps = [.. Gaps(observer, target, pairs.Count, answered.Count)];
        if (answered.Any(pair => pair.Outcomes[finding.Access].Open == true))
        {
            gaps.AddRange(observer.Processes.Select(observer.Filter.Missing).Where(reason => reason.Length > 0).Distinct());
        }

        return (gaps.Count == 0 && IsFiltered(finding.Access, answered) ? Closed(finding) : finding) with
        {
            Verified = contradictions.Count > 0 ? false : gaps.Count == 0 ? true : null,
            Note = string.Join("; ", [.. contradictions, .. gaps]),
        };
    }

    /// <summary>Whether what the rules grant is refused by seccomp filters everywhere.</summary>
    private static bool IsFiltered(Access access, List<TriedPair> answered) =>
        answered.Any(pair => pair.Filtered.Contains(access)) && !answered.Any(pair => pair.Outcomes[access].Open == true);

    /// <summary>The rules know nothing of filters; the attempts do.</summary>
    private static ExposureFinding Closed(ExposureFinding finding) => finding with
    {
        Allowed = Allowed.No,
        Level = ExposureLevel.Info,
        Rule = "The observer's seccomp filter refuses a system call that this needs (seccomp(2)).",
        Steps = "",
        Exposes = [],
        Remedy = "",
    };

    private static ILookup<(string, string), TriedPair> TriedByName(ProbeReport report, IReadOnlyList<LiveContainer> containers)
    {
        var names = containers.SelectMany(container => container.Processes.Select(process => (process.Pid, container.Name)))
            .DistinctBy(entry => entry.Pid)
            .ToDictionary(entry => entry.Pid, entry => entry.Name);
        return report.Tried.ToLookup(pair => (names[pair.Observer.Pid], names[pair.Target.Pid]));
    }

    private bool AgreesWith(Access access, TriedPair pair)
    {
        var situation = pair.Observer.Identity.Towards(identities[pair.Target.Pid], pod.PtraceScope, pair.State);
        return AccessRules.Granting(access, situation) is not null == (pair.Outcomes[access].Open == true || pair.Filtered.Contains(access));
    }

    private static string Contradiction(Access access, TriedPair pair)
    {
        var steps = pair.State.Steps.IsEmpty ? "as it is" : $"after {string.Join(", ", pair.State.Steps)}";
        return $"{Contradicted}: process {pair.Observer.Pid} {steps} on process {pair.Target.Pid}: {pair.Outcomes[access]}";
    }

    /// <summary>Why the answer is not proved in full; empty where it is.</summary>
    private IEnumerable<string> Gaps(LiveContainer observer, LiveContainer target, int attempts, int answers)
    {
        var untried = observer.Processes.Select(process => report.WhyUntried(process.Pid)).OfType<string>().Distinct().ToList();
        if (observer.Processes.Any(from => target.Processes.Any(to => report.HasChanged(from.Pid, to.Pid))))
        {
            yield return "a process changed while it was tried";
        }
        else if (attempts == 0 && untried.Count == 0)
        {
            yield return "the observer's PID namespace has no number for the target: there is nothing to try";
        }

        foreach (var reason in untried)
        {
            yield return reason;
        }

        if (answers < attempts)
        {
            yield return "an attempt gave no answer";
        }

        if (observer.LeftOut + target.LeftOut is > 0 and var count)
        {
            yield return $"{count} more identities of processes were not looked at";
        }
    }
}
