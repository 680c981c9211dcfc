using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>
/// The kernel's rules, as one table. For each access the rows are read from the top; the first granting row that holds for the observer as it is
/// makes it direct, the first that holds after steps of its own makes it reachable. Where none does, the first row that says why not decides.
/// </summary>
/// <remarks>
/// Read accesses are the kernel's PTRACE_MODE_READ_FSCREDS; <c>/proc/PID/mem</c> is PTRACE_MODE_ATTACH_FSCREDS, process_vm_readv(2) and
/// ptrace(2) are PTRACE_MODE_ATTACH_REALCREDS (ptrace(2), "Ptrace access mode checking"). An integration test checks every row with real processes.
/// </remarks>
public static class AccessRules
{
    private const string Ptrace = "ptrace(2), Ptrace access mode checking";

    private const string SameIdentity =
        "The observer's file system user and group ID equal the target's real, effective and saved ones, the target is dumpable, and the observer's"
        + " effective capabilities include the target's permitted ones.";

    public static ImmutableArray<AccessRule> Table { get; } =
    [
        .. Enum.GetValues<Access>().Select(Invisible),

        new(Access.List, "list/visible", true, _ => true,
            "Every process of the observer's PID namespace has a directory in /proc, whoever it runs as.", "proc(5), pid_namespaces(7)"),
        new(Access.Argv, "argv/visible", true, _ => true,
            "/proc/PID/cmdline is readable by everyone, without any check of who asks.", "proc(5)"),

        new(Access.Signal, "signal/same-user", true, s => IsSignalUser(s),
            "The observer's real or effective user ID equals the target's real or saved one.", "kill(2)"),
        new(Access.Signal, "signal/capability", true, s => s.Has(LinuxCapabilities.Kill),
            "CAP_KILL signals any process of the user namespace.", "kill(2), capabilities(7)"),
        new(Access.Signal, "signal/refused", false, _ => true,
            "A signal needs CAP_KILL, or the target's real or saved user ID.", "kill(2)"),

        .. Reads(Access.Root, needsFile: false, "/proc/PID/root"),
        .. Reads(Access.Environ, needsFile: true, "/proc/PID/environ"),
        .. Reads(Access.Descriptors, needsFile: true, "/proc/PID/fd"),

        new(Access.Memory, "memory/same-identity", true, s => s.PtraceScope == 0 && IsOpenToSame(s), SameIdentity, Ptrace),
        new(Access.Memory, "memory/same-real-identity", true,
            s => s.PtraceScope == 0 && IsSame(s, s.Observer.Uids.Real, s.Observer.Gids.Real) && s.Dumpable && Covers(s, s.Observer.Permitted),
            "The observer's real user and group ID equal the target's real, effective and saved ones, the target is dumpable, and the observer's permitted"
            + " capabilities include the target's: process_vm_readv and ptrace look at these.", Ptrace + "; process_vm_readv(2)"),
        new(Access.Memory, "memory/capability", true, s => s.PtraceScope < 3 && s.Has(LinuxCapabilities.SysPtrace),
            "CAP_SYS_PTRACE reads and writes the memory of any process of the user namespace.", Ptrace + "; capabilities(7)"),
        new(Access.Memory, "memory/refused-scope", false, s => s.PtraceScope > 0,
            "kernel.yama.ptrace_scope keeps processes from attaching to those that they did not start.", "ptrace(2), /proc/sys/kernel/yama/ptrace_scope"),
        .. Refusals(Access.Memory),
    ];

    private static ImmutableArray<AccessRule>[] ByAccess { get; } =
        [.. Enum.GetValues<Access>().Select(access => Table.Where(row => row.Access == access).ToImmutableArray())];

    public static AccessVerdict Judge(Access access, AccessSituation situation) => Judge(access, situation, ObserverState.Of(situation));

    /// <param name="states">What <see cref="ObserverState.Of(AccessSituation)"/> gives for the situation, for several accesses of one pair.</param>
    public static AccessVerdict Judge(Access access, AccessSituation situation, ImmutableArray<ObserverState> states)
    {
        foreach (ObserverState state in states)
        {
            if (Granting(access, situation with { Observer = state.Credentials }) is { } granting)
            {
                return new(state.Steps.IsEmpty ? Allowed.Direct : Allowed.Reachable, granting, state);
            }
        }

        // The last row of each access always holds.
        AccessRule refusing = RowsOf(access).First(row => !row.Grants && states.Any(state => row.Holds(situation with { Observer = state.Credentials })));
        return new(Allowed.No, refusing, states[0]);
    }

    /// <summary>The row that grants the access as things are, without any step; null for none.</summary>
    public static AccessRule? Granting(Access access, AccessSituation situation) =>
        situation.Visible ? RowsOf(access).FirstOrDefault(row => row.Grants && row.Holds(situation)) : null;

    private static ImmutableArray<AccessRule> RowsOf(Access access) => ByAccess[(int)access];

    private static AccessRule Invisible(Access access) => new(access, $"{Words.Of(access)}/other-namespace", false, s => !s.Visible,
        "A process reaches only those of its own PID namespace and of the namespaces below it.", "pid_namespaces(7)");

    private static AccessRule[] Reads(Access access, bool needsFile, string path)
    {
        string name = Words.Of(access);
        AccessRule same = new(access, $"{name}/same-identity", true, IsOpenToSame, SameIdentity, Ptrace);
        AccessRule capability = new(access, $"{name}/capability", true, s => s.Has(LinuxCapabilities.SysPtrace) && (!needsFile || OpensFile(s)),
            needsFile
                ? $"CAP_SYS_PTRACE passes the ptrace check, and {path}, which only its owner may open, is the observer's own or CAP_DAC_OVERRIDE or"
                    + " CAP_DAC_READ_SEARCH opens it."
                : $"CAP_SYS_PTRACE opens {path} of any process of the user namespace.",
            Ptrace + "; capabilities(7)" + (needsFile ? "; proc(5)" : ""));
        AccessRule file = new(access, $"{name}/refused-file", false, s => s.Has(LinuxCapabilities.SysPtrace),
            $"CAP_SYS_PTRACE passes the ptrace check, but only the owner of {path}, or CAP_DAC_OVERRIDE or CAP_DAC_READ_SEARCH, may open it.",
            "proc(5); capabilities(7)");
        return needsFile ? [same, capability, file, .. Refusals(access)] : [same, capability, .. Refusals(access)];
    }

    private static AccessRule[] Refusals(Access access)
    {
        string name = Words.Of(access);
        return
        [
            new(access, $"{name}/refused-not-dumpable", false, s => IsSame(s) && !s.Dumpable,
                "The target is not dumpable (it changed its user without exec, for example): only CAP_SYS_PTRACE passes then.",
                Ptrace + "; prctl(2), PR_SET_DUMPABLE"),
            new(access, $"{name}/refused-capabilities", false, IsSame,
                "The target's permitted capabilities are not all among the observer's, or it is in another user namespace: only CAP_SYS_PTRACE passes then.",
                Ptrace),
            new(access, $"{name}/refused-identity", false, _ => true,
                "It needs CAP_SYS_PTRACE, or the target's user and group, real, effective and saved.", Ptrace),
        ];
    }

    private static bool IsOpenToSame(AccessSituation s) => IsSame(s) && s.Dumpable && Covers(s, s.Observer.Effective);

    private static bool IsSame(AccessSituation s) => IsSame(s, s.Observer.Uids.Effective, s.Observer.Gids.Effective);

    private static bool IsSame(AccessSituation s, long uid, long gid) => s.Target.Uids.AllAre(uid) && s.Target.Gids.AllAre(gid);

    private static bool Covers(AccessSituation s, ulong capabilities) =>
        s.UserNamespaces == UserNamespaceRelation.Same && (s.Target.Permitted & ~capabilities) == 0;

    private static bool OpensFile(AccessSituation s) => s.Observer.Uids.Effective == s.FilesOwner
        || s.Has(LinuxCapabilities.DacOverride) || s.Has(LinuxCapabilities.DacReadSearch);

    private static bool IsSignalUser(AccessSituation s)
    {
        IdTriple own = s.Observer.Uids, theirs = s.Target.Uids;
        return own.Real == theirs.Real || own.Real == theirs.Saved || own.Effective == theirs.Real || own.Effective == theirs.Saved;
    }
}
