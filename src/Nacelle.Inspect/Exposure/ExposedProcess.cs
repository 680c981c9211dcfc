using System.Collections.Immutable;
using System.Globalization;
using Nacelle.Kubernetes.Exposure;
using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Linux.Namespaces;
using Nacelle.Linux.Processes;

namespace Nacelle.Inspect.Exposure;

/// <summary>A process of the machine with all that the kernel looks at when another one reaches for it.</summary>
/// <param name="StartTicks">When it started: with the PID it names one process.</param>
/// <param name="NamespacePids">Its PID in each namespace that it is in, the host's first.</param>
/// <param name="Filters">How many seccomp filters its system calls pass; strict mode counts as one that nobody can copy.</param>
public sealed record ExposedProcess(ProcessIdentity Identity, long StartTicks, ImmutableArray<long> NamespacePids, int Filters)
{
    // PF_KTHREAD of include/linux/sched.h.
    private const uint KernelThread = 0x200000;

    private static readonly string OwnPidNamespace = Namespace(Environment.ProcessId, "pid");
    private static readonly string OwnUserNamespace = Namespace(Environment.ProcessId, "user");

    public int Pid => Identity.Pid;

    /// <summary>The process now; null where it has ended or is a zombie or a thread of the kernel.</summary>
    public static ExposedProcess? TryRead(int pid)
    {
        try
        {
            if (ProcessFacts.TryRead(pid) is not { IsZombie: false } facts || (facts.Flags & KernelThread) != 0)
            {
                return null;
            }

            var fields = StatusCredentials.Fields(File.ReadAllText($"/proc/{pid}/status"));
            var credentials = StatusCredentials.Parse(fields);
            var pidNamespace = Namespace(pid, "pid");
            var userNamespace = Namespace(pid, "user");
            var identity = new ProcessIdentity
            {
                Credentials = credentials,
                Dumpable = IsDumpable(pid, credentials),
                PidNamespace = pidNamespace,
                SeesAll = pidNamespace == OwnPidNamespace,
                UserNamespace = userNamespace == OwnUserNamespace ? "" : userNamespace,
                Pid = pid,
            };
            return new ExposedProcess(
                identity, facts.StartTicks, StatusCredentials.Numbers(fields.GetValueOrDefault("NSpid", "")), StatusCredentials.Filters(fields));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // It ended between two files.
            return null;
        }
    }

    /// <summary>The number by which <paramref name="observer"/> names this process; null where it has none there.</summary>
    public long? PidFor(ExposedProcess observer) =>
        observer.Identity.SeesAll ? Pid
        : observer.Identity.PidNamespace == Identity.PidNamespace ? NamespacePids[^1]
        : null;

    /// <summary>The same for two processes to which the kernel grants the same.</summary>
    public string Key => $"{Identity.Key},{Filters}";

    /// <summary>Whether it is still that process, and still who it was.</summary>
    public bool IsUnchanged => TryRead(Pid) is { } now && now.StartTicks == StartTicks && now.Filters == Filters
        && now.Identity.Credentials.Key == Identity.Credentials.Key;

    /// <summary>
    /// The kernel gives the files of a process that is not dumpable to root (proc(5)); of a process that is root itself this tells nothing.
    /// The directory <c>/proc/PID</c> is the process's own in any case.
    /// </summary>
    private static bool? IsDumpable(int pid, Credentials credentials)
    {
        if (credentials.Uids.Effective == 0 && credentials.Gids.Effective == 0)
        {
            return null;
        }

        using var directory = RootedFiles.OpenDirectory($"/proc/{pid}");
        return FileAt.Status(directory, "environ"u8) is { } status
            ? status.Uid == credentials.Uids.Effective && status.Gid == credentials.Gids.Effective
            : null;
    }

    private static string Namespace(int pid, string kind) => NamespaceLink.TryRead(pid, kind)?.ToString(CultureInfo.InvariantCulture)
        ?? throw new LinuxException(Errno.ESRCH, "readlink", $"/proc/{pid}/ns/{kind}");
}
