namespace Nacelle.Kubernetes.Exposure;

/// <summary>A process, or all those of a container that the kernel treats alike.</summary>
public sealed record ProcessIdentity
{
    public required Credentials Credentials { get; init; }

    /// <summary>Null where it can't be told; it is taken as dumpable then.</summary>
    public bool? Dumpable { get; init; }

    /// <summary>Processes with the same one see each other.</summary>
    public required string PidNamespace { get; init; }

    /// <summary>Whether it is in the machine's own PID namespace, and sees every process.</summary>
    public bool SeesAll { get; init; }

    /// <summary>Empty for the machine's own.</summary>
    public string UserNamespace { get; init; } = "";

    /// <summary>Its PID on the host; 0 for one that does not run yet.</summary>
    public int Pid { get; init; }

    /// <summary>The same for two processes that the kernel treats alike.</summary>
    public string Key => $"{Credentials.Key},{Dumpable},{PidNamespace},{UserNamespace}";

    /// <summary>What the kernel looks at when this process reaches for the other.</summary>
    public AccessSituation Towards(ProcessIdentity target, int ptraceScope) => new()
    {
        Observer = Credentials,
        Target = target.Credentials,
        Visible = SeesAll || PidNamespace == target.PidNamespace,
        UserNamespaces = UserNamespace == target.UserNamespace ? UserNamespaceRelation.Same
            : UserNamespace.Length == 0 ? UserNamespaceRelation.Below
            : UserNamespaceRelation.Elsewhere,
        Dumpable = target.Dumpable ?? true,
        PtraceScope = ptraceScope,
    };

    /// <summary>The same after the steps that lead to a state.</summary>
    public AccessSituation Towards(ProcessIdentity target, int ptraceScope, ObserverState state) =>
        Towards(target, ptraceScope) with { Observer = state.Credentials };
}
