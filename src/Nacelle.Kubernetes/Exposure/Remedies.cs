namespace Nacelle.Kubernetes.Exposure;

/// <summary>Finds the smallest change that closes an access of a pair: each candidate is judged by the rules, so none is named that would not.</summary>
internal sealed class Remedies(PodFacts pod, ContainerFacts observer, ContainerFacts target)
{
    // A user ID that no container has: what a manifest would be given.
    private const long OwnUser = -1_000_000;

    // The ones that open something, in the order in which they are least missed.
    private static readonly int[] Capabilities =
    [
        LinuxCapabilities.SysPtrace, LinuxCapabilities.Kill, LinuxCapabilities.SetUid, LinuxCapabilities.SetGid,
        LinuxCapabilities.DacReadSearch, LinuxCapabilities.DacOverride,
    ];

    // What is left of the pair without a capability, by its number; and with a user of its own.
    private readonly Dictionary<int, ProcessPairs?> changed = [];

    /// <param name="access">One that is open.</param>
    /// <param name="verdict">Why it is.</param>
    public string Smallest(Access access, AccessVerdict verdict, bool exposesSecret)
    {
        if (access is Access.List or Access.Argv)
        {
            return access == Access.Argv && exposesSecret
                ? $"give container {target.Name} the Secret in a file instead of an argument; or {Unshare()}"
                : Unshare();
        }

        // The same user with one capability less than its neighbour is refused too, but nobody should rest on that: only another user parts the two.
        bool isByUser = verdict.Allowed == Allowed.Direct && !verdict.Rule.Name.EndsWith("/capability", StringComparison.Ordinal);
        foreach (int capability in isByUser ? [] : Capabilities)
        {
            if (Closes(access, capability, credentials => credentials.Without(LinuxCapabilities.Only(capability))))
            {
                string name = LinuxCapabilities.Names[capability];
                return LinuxCapabilities.Has(observer.Added, capability)
                    ? $"remove {name} from capabilities.add of container {observer.Name}"
                    : $"drop {name} from container {observer.Name} (securityContext.capabilities.drop)";
            }
        }

        return Closes(access, -1, credentials => credentials.AsUser(OwnUser))
            ? $"run container {observer.Name} as a user of its own that is not root (securityContext.runAsUser)"
            : Unshare();
    }

    private bool Closes(Access access, int number, Func<Credentials, Credentials> change)
    {
        if (!changed.TryGetValue(number, out ProcessPairs? pairs))
        {
            pairs = Changed(change);
            changed[number] = pairs;
        }

        return pairs?.Worst(access) is { Verdict.Allowed: Allowed.No };
    }

    /// <summary>Null where the change changes nothing: the capability was not there to be taken.</summary>
    private ProcessPairs? Changed(Func<Credentials, Credentials> change)
    {
        ProcessIdentity[] processes = [.. observer.Processes.Select(process => process with { Credentials = change(process.Credentials) })];
        return processes.Zip(observer.Processes).Any(pair => pair.First.Credentials.Bounding != pair.Second.Credentials.Bounding || !pair.First.Credentials.IsSameAs(pair.Second.Credentials))
            ? new ProcessPairs(processes, target.Processes, pod.PtraceScope)
            : null;
    }

    private string Unshare() => pod.Sharing == "hostPID" ? "set hostPID to false"
        : pod.Sharing == "shareProcessNamespace" ? "set shareProcessNamespace to false"
        : "start the ephemeral container without a target";
}
