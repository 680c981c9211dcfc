namespace Nacelle.Linux.Netlink;

/// <summary>What the kernel tells of a process (linux/cn_proc.h).</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Pid">The process, in the host's namespace; for a fork the parent.</param>
/// <param name="ChildPid">Of a fork: the new process; else 0.</param>
public readonly record struct ProcessEvent(ProcessEventKind Kind, int Pid, int ChildPid = 0);
