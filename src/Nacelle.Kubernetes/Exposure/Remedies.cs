namespace Nacelle.Kubernetes.Exposure;

/// <summary>Finds the smallest change that closes an access: each candidate is judged by the rules, so none is named that would not.</summary>
internal static class Remedies
{
    // A user ID that no container has: what a manifest would be given.
    private const long OwnUser = -1_000_000;

    // The ones that open something, in the order in which they are least missed.
    private static readonly int[] Capabilities =
    [
        LinuxCapabilities.SysPtrace, LinuxCapabilities.Kill, LinuxCapabilities.SetUid, LinuxCapabilities.SetGid,
        LinuxCapabilities.DacReadSearch, LinuxCapabilities.DacOverride,
    ];

    /// <param name="verdict">Why it is open.</param>
    public static string Smallest(
        PodFacts pod, ContainerFacts observer, ContainerFacts target, Access access, AccessVerdict verdict, bool exposesSecret)
    {
        if (access is Access.List)
        {
            return Unshare(pod);
        }

        if (access is Access.Argv)
        {
            return exposesSecret ? $"give container {target.Name} the Secret in a file instead of an argument; or {Unshare(pod)}" : Unshare(pod);
        }

        // The same user with one capability less than its neighbour is refused too, but nobody should rest on that: only another user parts the two.
        bool isByUser = verdict.Allowed == Allowed.Direct && !verdict.Rule.Name.EndsWith("/capability", StringComparison.Ordinal);
        foreach (int capability in isByUser ? [] : Capabilities)
        {
            if (Closes(pod, observer, target, access, credentials => credentials.Without(LinuxCapabilities.Only(capability))))
            {
                string name = LinuxCapabilities.Names[capability];
                return LinuxCapabilities.Has(observer.Added, capability)
                    ? $"remove {name} from capabilities.add of container {observer.Name}"
                    : $"drop {name} from container {observer.Name} (securityContext.capabilities.drop)";
            }
        }

        return Closes(pod, observer, target, access, credentials => credentials.AsUser(OwnUser))
            ? $"run container {observer.Name} as a user of its own that is not root (securityContext.runAsUser)"
            : Unshare(pod);
    }

    private static bool Closes(PodFacts pod, ContainerFacts observer, ContainerFacts target, Access access, Func<Credentials, Credentials> change)
    {
        ProcessIdentity[] changed = [.. observer.Processes.Select(process => process with { Credentials = change(process.Credentials) })];

        // A process that an observer's change leaves as it was shows that the capability was not there to be taken.
        bool differs = changed.Zip(observer.Processes).Any(pair => pair.First.Key != pair.Second.Key);
        return differs && PairAccess.Worst(access, changed, target.Processes, pod.PtraceScope) is { Verdict.Allowed: Allowed.No };
    }

    private static string Unshare(PodFacts pod) => pod.Sharing == "hostPID" ? "set hostPID to false"
        : pod.Sharing == "shareProcessNamespace" ? "set shareProcessNamespace to false"
        : "start the ephemeral container without a target";
}
