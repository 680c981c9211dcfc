namespace Nacelle.Kubernetes.Exposure;

/// <summary>All that the kernel looks at when one process reaches for another.</summary>
public sealed record AccessSituation
{
    public required Credentials Observer { get; init; }

    public required Credentials Target { get; init; }

    /// <summary>Whether the target's PID namespace is the observer's or below it.</summary>
    public required bool Visible { get; init; }

    public UserNamespaceRelation UserNamespaces { get; init; }

    /// <summary>Whether the target may be dumped (PR_GET_DUMPABLE 1). A change of user without exec clears it.</summary>
    public bool Dumpable { get; init; } = true;

    /// <summary>Yama's ptrace_scope (0 to 3); 0 where the kernel has no Yama.</summary>
    public int PtraceScope { get; init; }

    /// <summary>Who owns <c>/proc/PID/environ</c> and <c>/proc/PID/fd</c>, which only their owner may open: root, when not dumpable (proc(5)).</summary>
    public long FilesOwner => Dumpable ? Target.Uids.Effective : 0;

    /// <summary>Whether the observer's effective set holds the capability, and it counts over the target.</summary>
    public bool Has(int capability) => UserNamespaces != UserNamespaceRelation.Elsewhere && Observer.Can(capability);
}
