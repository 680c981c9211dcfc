using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Inspect.Exposure;

/// <summary>Compares what was predicted with what was tried: every process and every state that the rules tell apart, not the deciding one alone.</summary>
internal static class ExposureProof
{
    private const string Contradicted = "prediction contradicted: defect of nacelle";

    public static IReadOnlyList<ExposureFinding> Apply(
        IReadOnlyList<ExposureFinding> findings, PodFacts pod, ProbeReport report, IReadOnlyList<LiveContainer> containers)
    {
        var byPid = pod.Containers.SelectMany(container => container.Processes.Select(process => (process.Pid, container.Name, process)))
            .DistinctBy(entry => entry.Pid).ToDictionary(entry => entry.Pid);
        var tried = report.Tried.ToLookup(pair => (byPid[pair.Observer.Pid].Name, byPid[pair.Target.Pid].Name));
        var live = containers.ToDictionary(container => container.Name);
        return [.. findings.Select(finding => Judge(
            finding, [.. tried[(finding.Observer, finding.Target)]], pid => byPid[pid].process, pod.PtraceScope, report, live[finding.Observer], live[finding.Target]))];
    }

    private static ExposureFinding Judge(
        ExposureFinding finding, IReadOnlyList<TriedPair> pairs, Func<int, ProcessIdentity> settled, int ptraceScope, ProbeReport report,
        LiveContainer observer, LiveContainer target)
    {
        List<string> notes = [];
        var compared = 0;
        foreach (var pair in pairs)
        {
            if (!pair.Outcomes.TryGetValue(finding.Access, out var outcome) || outcome.Open is not { } open)
            {
                continue;
            }

            compared++;
            var situation = pair.Observer.Identity.Towards(settled(pair.Target.Pid), ptraceScope) with { Observer = pair.State.Credentials };
            if (AccessRules.Granting(finding.Access, situation) is not null != open)
            {
                var steps = pair.State.Steps.IsEmpty ? "as it is" : $"after {string.Join(", ", pair.State.Steps)}";
                notes.Add($"{Contradicted}: process {pair.Observer.Pid} {steps} on process {pair.Target.Pid}: {outcome}");
            }
        }

        var isContradicted = notes.Count > 0;
        if (!isContradicted && compared < pairs.Count)
        {
            notes.Add("an attempt gave no answer");
        }

        notes.AddRange(observer.Processes.Select(process => report.WhyUntried(process.Pid)).OfType<string>().Distinct());
        if (pairs.Count == 0 && notes.Count == 0)
        {
            notes.Add(observer.Processes.Any(from => target.Processes.Any(to => to.PidFor(from) is not null))
                ? "a process changed while it was tried"
                : "the observer's PID namespace has no number for the target: there is nothing to try");
        }

        var isComplete = compared > 0 && compared == pairs.Count && notes.Count == 0;
        if (observer.Processes.Any(process => process.Seccomp == 2) && compared > 0)
        {
            notes.Add($"tried without the seccomp filter of container {observer.Name}, which can't be copied");
        }

        if (observer.LeftOut + target.LeftOut > 0)
        {
            notes.Add($"{observer.LeftOut + target.LeftOut} more identities of processes were not looked at");
            isComplete = false;
        }

        return finding with
        {
            Verified = isContradicted ? false : isComplete ? true : null,
            Note = string.Join("; ", notes),
        };
    }
}
