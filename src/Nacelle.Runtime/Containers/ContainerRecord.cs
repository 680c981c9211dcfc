using System.Collections.Immutable;

namespace Nacelle.Runtime.Containers;

/// <summary>What is kept of a container in <c>containers/ID/container.json</c>.</summary>
internal sealed record ContainerRecord
{
    /// <summary>The version of this format that this program writes, and the newest that it reads.</summary>
    internal const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public required string Id { get; init; }

    public required string SandboxId { get; init; }

    public required ContainerPhase Phase { get; init; }

    /// <summary>CRI's ContainerConfig as it came, in protobuf's binary form.</summary>
    public required byte[] Config { get; init; }

    public required string ImageId { get; init; }

    /// <summary>What CRI calls image_ref: a repository digest where the image has one, else its id.</summary>
    public required string ImageRef { get; init; }

    public required string CgroupPath { get; init; }

    /// <summary>The log's absolute path; empty when the sandbox or the container names none.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>The signal that stops it, by number.</summary>
    public int StopSignal { get; init; } = 15;

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    public ImmutableArray<uint> Groups { get; init; } = [];

    /// <summary>Nanoseconds since 1970; 0 until it has happened.</summary>
    public required long CreatedAt { get; init; }

    /// <inheritdoc cref="CreatedAt"/>
    public long StartedAt { get; init; }

    /// <inheritdoc cref="CreatedAt"/>
    public long FinishedAt { get; init; }

    public int ExitCode { get; init; }

    /// <summary>Completed, Error, OOMKilled, StartError, or Unknown after an end that nobody saw.</summary>
    public string Reason { get; init; } = "";

    public string Message { get; init; } = "";

    public int Pid { get; init; }

    public long StartTicks { get; init; }

    public int ConmonPid { get; init; }

    public long ConmonStartTicks { get; init; }

    /// <summary>The boot in which it was started: PIDs of another boot mean nothing.</summary>
    public string BootId { get; init; } = "";

    /// <summary>How many processes were left when its first process had ended, and were killed; null while unknown.</summary>
    public int? Leftovers { get; init; }

    /// <summary>CRI's LinuxContainerResources after UpdateContainerResources; null while it has the configuration's.</summary>
    public byte[]? Resources { get; init; }
}
