using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>Every process of an observer against every one of a target.</summary>
internal sealed class ProcessPairs(IReadOnlyList<ProcessIdentity> observers, IReadOnlyList<ProcessIdentity> targets, int ptraceScope)
{
    private readonly (ProcessIdentity Observer, ProcessIdentity Target, AccessSituation Situation, ImmutableArray<ObserverState> States)[] pairs =
    [
        .. from observer in observers
           from target in targets
           let situation = observer.Towards(target, ptraceScope)
           select (observer, target, situation, ObserverState.Of(situation)),
    ];

    /// <summary>The worst case; null where one of the two has no process.</summary>
    public PairAccess? Worst(Access access)
    {
        PairAccess? worst = null;
        foreach ((ProcessIdentity observer, ProcessIdentity target, AccessSituation situation, ImmutableArray<ObserverState> states) in pairs)
        {
            AccessVerdict verdict = AccessRules.Judge(access, situation, states);
            if (worst is null || verdict.Allowed > worst.Verdict.Allowed)
            {
                worst = new(verdict, observer, target);
            }
        }

        return worst;
    }
}
