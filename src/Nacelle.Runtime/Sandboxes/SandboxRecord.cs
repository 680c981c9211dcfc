using System.Collections.Immutable;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>What is kept of a sandbox in <c>sandboxes/ID/sandbox.json</c>. Whether <c>/pause</c> runs is the kernel's to say.</summary>
internal sealed record SandboxRecord
{
    /// <summary>The version of this format that this program writes, and the newest that it reads.</summary>
    internal const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public required string Id { get; init; }

    public required SandboxPhase Phase { get; init; }

    /// <summary>CRI's PodSandboxConfig as it came, in protobuf's binary form.</summary>
    public required byte[] Config { get; init; }

    public string RuntimeHandler { get; init; } = "";

    /// <summary>Nanoseconds since 1970.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>The cgroup of /pause and its keeper.</summary>
    public required string CgroupPath { get; init; }

    /// <summary>The Pod's addresses, the first one first; empty in the host's network.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    public int PausePid { get; init; }

    /// <summary>With the PID, names the process for as long as the machine is up.</summary>
    public long PauseStartTicks { get; init; }

    /// <summary>The boot in which it was started: PIDs of another boot mean nothing.</summary>
    public string BootId { get; init; } = "";

    public SandboxEnd? End { get; init; }

}
