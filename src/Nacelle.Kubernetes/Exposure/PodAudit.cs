namespace Nacelle.Kubernetes.Exposure;

/// <summary>What each container of a Pod can do to each other one. Pure: facts in, findings out.</summary>
public static class PodAudit
{
    private const string UserMayChange = "a program that changes its user after its start is less open than this says";

    private static readonly Access[] Accesses = Enum.GetValues<Access>();

    /// <summary>One finding for each ordered pair of containers and each access, open or not; pairs that never run together are left out.</summary>
    public static IReadOnlyList<ExposureFinding> Of(PodFacts pod)
    {
        List<ExposureFinding> findings = [];
        foreach (ContainerFacts observer in pod.Containers.Where(container => !container.IsHost))
        {
            foreach (ContainerFacts target in pod.Containers.Where(target => target.Name != observer.Name && target.Time.Meets(observer.Time)))
            {
                var pairs = new ProcessPairs(observer.Processes, target.Processes, pod.PtraceScope);
                var remedies = new Remedies(pod, observer, target);
                findings.AddRange(Accesses.Select(access => Judge(pod, observer, target, access, pairs.Worst(access), remedies)).OfType<ExposureFinding>());
            }
        }

        return findings;
    }

    private static ExposureFinding? Judge(
        PodFacts pod, ContainerFacts observer, ContainerFacts target, Access access, PairAccess? worst, Remedies remedies)
    {
        if (worst is null)
        {
            // One of the two has no process.
            return null;
        }

        AccessVerdict verdict = worst.Verdict;
        bool open = verdict.Allowed != Allowed.No;
        ExposedItem[] exposed = open
            ? [.. target.Contents.Through(access, verdict.State.Credentials).Where(item => !item.IsHeldBy(observer.Contents.Keys))]
            : [];
        List<string> names = [.. exposed.Select(item => item.Text).Distinct()];
        if (open && target.IsHost)
        {
            names.Add("the processes of the whole machine");
        }

        return new ExposureFinding
        {
            Pod = pod.Name,
            Observer = observer.Name,
            Target = target.Name,
            Access = access,
            Allowed = verdict.Allowed,
            Level = open ? ExposureLevels.Of(access, exposed, target.IsHost) : ExposureLevel.Info,
            Rule = verdict.Rule.Text,
            Steps = string.Join(", ", open ? verdict.State.Steps : []),
            Exposes = [.. names],
            Remedy = open ? remedies.Smallest(access, verdict, exposed.Any(item => item.IsSecret)) : "",
            Note = pod.IsLive || pod.Sharing.Length == 0 || access is Access.List or Access.Argv ? "" : Note(observer, target),
        };
    }

    private static string Note(ContainerFacts observer, ContainerFacts target)
    {
        string[] unknown = [.. new[] { observer.Unknown, target.Unknown }.Where(text => text.Length > 0).Distinct()];
        return string.Join("; ", [.. unknown, UserMayChange]);
    }
}
