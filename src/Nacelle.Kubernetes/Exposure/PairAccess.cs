namespace Nacelle.Kubernetes.Exposure;

/// <summary>The worst case of one access between the processes of two containers.</summary>
/// <param name="Verdict">What the rules say of the pair that decides.</param>
public sealed record PairAccess(AccessVerdict Verdict, ProcessIdentity Observer, ProcessIdentity Target)
{
    /// <summary>Every process of the observer against every one of the target; null where one of them has none.</summary>
    public static PairAccess? Worst(
        Access access, IReadOnlyList<ProcessIdentity> observers, IReadOnlyList<ProcessIdentity> targets, bool visible, int ptraceScope)
    {
        PairAccess? worst = null;
        foreach (ProcessIdentity observer in observers)
        {
            foreach (ProcessIdentity target in targets)
            {
                AccessVerdict verdict = AccessRules.Judge(access, Situation(observer, target, visible, ptraceScope));
                if (worst is null || verdict.Allowed > worst.Verdict.Allowed)
                {
                    worst = new(verdict, observer, target);
                }
            }
        }

        return worst;
    }

    public static AccessSituation Situation(ProcessIdentity observer, ProcessIdentity target, bool visible, int ptraceScope) => new()
    {
        Observer = observer.Credentials,
        Target = target.Credentials,
        Visible = visible,
        Dumpable = target.Dumpable ?? true,
        PtraceScope = ptraceScope,
    };
}
