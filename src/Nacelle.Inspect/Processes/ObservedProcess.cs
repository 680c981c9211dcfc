using System.Collections.Immutable;

namespace Nacelle.Inspect.Processes;

/// <summary>One process as <c>/proc</c> showed it at one moment.</summary>
public sealed record ObservedProcess
{
    /// <summary>Its PID on the host.</summary>
    public required int HostPid { get; init; }

    /// <summary>When it started, in clock ticks since boot. With <see cref="HostPid"/> it names one process until the machine is restarted.</summary>
    public required long StartTicks { get; init; }

    /// <summary>Its parent's PID on the host.</summary>
    public required int ParentHostPid { get; init; }

    /// <summary>Its PID in each namespace that it is in, the host's first.</summary>
    public required ImmutableArray<int> NamespacePids { get; init; }

    public required ProcessState State { get; init; }

    /// <summary>The kernel's name of it (<c>comm</c>), up to 15 bytes, escaped.</summary>
    public required string Name { get; init; }

    /// <summary>Its arguments, escaped, without empty ones at the end, cut where they are longer than is read; empty for one that has none (a zombie).</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>Whether there is more of <see cref="Arguments"/> than is shown.</summary>
    public required bool ArgumentsCut { get; init; }

    /// <summary>Effective.</summary>
    public required uint Uid { get; init; }

    /// <summary>Effective.</summary>
    public required uint Gid { get; init; }

    public required ulong EffectiveCapabilities { get; init; }

    public required bool NoNewPrivileges { get; init; }

    /// <summary>0 none, 1 strict, 2 filter (seccomp(2)).</summary>
    public required int Seccomp { get; init; }

    public required int Threads { get; init; }

    /// <summary>Resident memory in bytes.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>User and system time used so far.</summary>
    public required TimeSpan CpuTime { get; init; }

    /// <summary>Differs after an exec; 0 for a process that is ending.</summary>
    public required ulong Image { get; init; }

    /// <summary>The PID in the namespace of that depth (0 is the host's); 0 where it is not in one so deep.</summary>
    public int PidAt(int depth) => depth < NamespacePids.Length ? NamespacePids[depth] : 0;
}
