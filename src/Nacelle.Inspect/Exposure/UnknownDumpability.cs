using Nacelle.Kubernetes.Exposure;

namespace Nacelle.Inspect.Exposure;

/// <summary>
/// Of a process of root nothing tells from outside whether it is dumpable. It is taken as dumpable; where an attempt with its own identity and
/// capabilities was refused, the attempt has told that it is not.
/// </summary>
internal static class UnknownDumpability
{
    public static PodFacts Settle(PodFacts pod, ProbeReport report)
    {
        var refused = report.Tried.Where(pair => pair.Target.Identity.Dumpable is null && ShowsNotDumpable(pair, pod.PtraceScope))
            .Select(pair => pair.Target.Pid)
            .ToHashSet();
        return pod with
        {
            Containers =
            [
                .. pod.Containers.Select(container => container with
                {
                    Processes = [.. container.Processes.Select(process => refused.Contains(process.Pid) ? process with { Dumpable = false } : process)],
                }),
            ],
        };
    }

    private static bool ShowsNotDumpable(TriedPair pair, int ptraceScope)
    {
        var situation = pair.Observer.Identity.Towards(pair.Target.Identity, ptraceScope, pair.State);
        return pair.Outcomes.TryGetValue(Access.Root, out var outcome) && outcome.Open == false && !pair.Filtered.Contains(Access.Root)
            && AccessRules.Granting(Access.Root, situation) is not null
            && AccessRules.Granting(Access.Root, situation with { Dumpable = false }) is null;
    }
}
