using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Discovery;

/// <summary>One resource of an API as discovery and OpenAPI name it.</summary>
public sealed record ApiResource
{
    /// <summary>API group; empty for the core group.</summary>
    public string Group { get; init; } = "";

    /// <summary>Version within the group, such as <c>v1</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Kind of its objects; empty for one that has subresources only.</summary>
    public string Kind { get; init; } = "";

    /// <summary>As it stands in paths.</summary>
    public required string Plural { get; init; }

    /// <summary>What clients accept on the command line too.</summary>
    public required string Singular { get; init; }

    /// <summary>Abbreviations that clients accept.</summary>
    public ImmutableArray<string> ShortNames { get; init; } = [];

    /// <summary>Groups of kinds that clients expand, such as <c>all</c>.</summary>
    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary>Whether objects live in a namespace.</summary>
    public required bool Namespaced { get; init; }

    /// <summary>What the resource itself takes, in the order of discovery; RBAC's rules name these.</summary>
    public ImmutableArray<string> Verbs { get; init; } = [];

    /// <summary>The paths below an object.</summary>
    public ImmutableArray<ApiSubresource> Subresources { get; init; } = [];

    /// <summary>What changes when objects would be stored in another version; null where nothing is stored.</summary>
    public string? StorageVersionHash { get; init; }

    /// <summary>The start of its paths, without a slash before it: <c>api/v1</c>, <c>apis/GROUP/VERSION</c>.</summary>
    public string Root => Group.Length == 0 ? "api/" + Version : $"apis/{Group}/{Version}";
}
