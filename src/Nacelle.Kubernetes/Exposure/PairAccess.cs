namespace Nacelle.Kubernetes.Exposure;

/// <summary>The worst case of one access between the processes of two containers.</summary>
/// <param name="Verdict">What the rules say of the pair that decides.</param>
public sealed record PairAccess(AccessVerdict Verdict, ProcessIdentity Observer, ProcessIdentity Target)
{
    /// <summary>Every process of the observer against every one of the target; null where one of them has none.</summary>
    public static PairAccess? Worst(
        Access access, IReadOnlyList<ProcessIdentity> observers, IReadOnlyList<ProcessIdentity> targets, int ptraceScope)
    {
        PairAccess? worst = null;
        foreach (ProcessIdentity observer in observers)
        {
            foreach (ProcessIdentity target in targets)
            {
                AccessVerdict verdict = AccessRules.Judge(access, observer.Towards(target, ptraceScope));
                if (worst is null || verdict.Allowed > worst.Verdict.Allowed)
                {
                    worst = new(verdict, observer, target);
                }
            }
        }

        return worst;
    }
}
