using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Discovery;

/// <summary>A path below an object.</summary>
public record ApiSubresource
{
    /// <summary>Last part of the path.</summary>
    public required string Name { get; init; }

    /// <summary>Kind of what it takes and gives.</summary>
    public required string Kind { get; init; }

    /// <summary>Group of <see cref="Kind"/> where it is not that of the resource; null otherwise.</summary>
    public string? Group { get; init; }

    /// <summary>Version of <see cref="Kind"/> where it is not that of the resource; null otherwise.</summary>
    public string? Version { get; init; }

    /// <summary>What it takes, in the order of discovery; RBAC's rules name these.</summary>
    public required ImmutableArray<string> Verbs { get; init; }

    /// <summary>Whether it reads and writes the object itself; otherwise it is an action.</summary>
    public bool IsView { get; init; }

    /// <summary>What a request may say in its query.</summary>
    public ImmutableArray<ApiParameter> Parameters { get; init; } = [];
}
