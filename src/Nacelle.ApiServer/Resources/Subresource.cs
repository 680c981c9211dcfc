using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources;

/// <summary>A path below an object: another view of the same object (<c>status</c>), or an action on it (<c>binding</c>).</summary>
public sealed record Subresource
{
    /// <summary>Last part of the path.</summary>
    public required string Name { get; init; }

    /// <summary>Kind of the body that it takes and gives.</summary>
    public required string Kind { get; init; }

    /// <summary>Group of <see cref="Kind"/> where it is not that of the parent; null otherwise.</summary>
    public string? Group { get; init; }

    /// <summary>Version of <see cref="Kind"/> where it is not that of the parent; null otherwise.</summary>
    public string? Version { get; init; }

    /// <summary>Verbs, in the order of discovery.</summary>
    public required ImmutableArray<string> Verbs { get; init; }

    /// <summary>Whether it reads and writes the parent object itself; otherwise it is an action with its own endpoint.</summary>
    public bool IsView { get; init; }

    /// <summary>(new, old) of a view: resets in <c>new</c> all that this path may not change.</summary>
    public Action<JsonObject, JsonObject>? PrepareForUpdate { get; init; }

    /// <summary>(new, old) of a view: refuses an update through this path.</summary>
    public Func<JsonObject, JsonObject, IReadOnlyList<FieldError>>? ValidateUpdate { get; init; }

    /// <summary>(new, old) of a view: what the client should know though it is accepted.</summary>
    public Func<JsonObject, JsonObject, IReadOnlyList<string>>? Warnings { get; init; }
}
