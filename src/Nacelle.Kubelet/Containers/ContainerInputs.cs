using System.Collections.Immutable;
using Runtime.V1;

namespace Nacelle.Kubelet.Containers;

/// <summary>What other parts contribute to a container: its environment, command, mounts and limits.</summary>
public sealed record ContainerInputs
{
    public ImmutableArray<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Entry point with its <c>$(VAR)</c> expanded; empty takes the image's.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    public ImmutableArray<string> Args { get; init; } = [];

    public ImmutableArray<Mount> Mounts { get; init; } = [];

    public LinuxContainerResources Resources { get; init; } = new();
}
