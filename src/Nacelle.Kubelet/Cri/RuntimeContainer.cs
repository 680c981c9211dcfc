using System.Collections.Immutable;
using Runtime.V1;

namespace Nacelle.Kubelet.Cri;

/// <summary>One container of a Pod, running or not, as the runtime reports it.</summary>
public sealed record RuntimeContainer
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string SandboxId { get; init; } = "";

    public ContainerState State { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null when it was never started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public int ExitCode { get; init; }

    /// <summary>Why it ended (<c>Completed</c>, <c>Error</c>, <c>OOMKilled</c>), or empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What the runtime says, or the termination message.</summary>
    public string Message { get; init; } = "";

    /// <summary>The image by name.</summary>
    public string Image { get; init; } = "";

    /// <summary>The image by digest.</summary>
    public string ImageRef { get; init; } = "";

    /// <summary>Hash of the spec it was made from, see <c>ContainerHash</c>.</summary>
    public string Hash { get; init; } = "";

    public int RestartCount { get; init; }

    /// <summary>Absolute path of the log on the host.</summary>
    public string LogPath { get; init; } = "";

    public LinuxContainerUser? User { get; init; }

    public ImmutableArray<Mount> Mounts { get; init; } = [];

    public string TerminationMessagePath { get; init; } = "";

    public string TerminationMessagePolicy { get; init; } = "";

    public ImmutableDictionary<string, string> Info { get; init; } = ImmutableDictionary<string, string>.Empty;

    public bool Running => State == ContainerState.ContainerRunning;

    public bool Exited => State == ContainerState.ContainerExited;
}
