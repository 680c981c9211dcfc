using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Schema;

/// <summary>One field of a structure.</summary>
public sealed record SchemaField
{
    public required string Name { get; init; }

    public required SchemaType Type { get; init; }

    /// <summary>Whether absent differs from zero: a given zero, empty string or empty structure is kept.</summary>
    public bool Nullable { get; init; }

    /// <summary>Whether the field is written even when it is empty.</summary>
    public bool Always { get; init; }

    /// <summary>Whether a zero structure or time is left out.</summary>
    public bool OmitZero { get; init; }

    /// <summary>Whether the schema calls it required.</summary>
    public bool Required { get; init; }

    /// <summary>How the list is merged; null where the tables say nothing (atomic).</summary>
    public ListType? ListType { get; init; }

    /// <summary>The keys of a <see cref="Schema.ListType.Map"/>.</summary>
    public ImmutableArray<string> ListKeys { get; init; } = [];

    /// <summary>Whether a map or structure has one owner as a whole.</summary>
    public bool Atomic { get; init; }

    /// <summary>Strategies of a strategic merge patch: <c>merge</c>, <c>replace</c>, <c>retainKeys</c>.</summary>
    public ImmutableArray<string> PatchStrategies { get; init; } = [];

    /// <summary>The key by which a strategic merge patch matches the items of a list; null for none.</summary>
    public string? PatchMergeKey { get; init; }

    /// <summary>The default that the schema states, as JSON; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>First minor version of Kubernetes 1 with the field; 0 where it is older than the tables look.</summary>
    public int Since { get; init; }

    /// <summary>The inlined structures between the owner and this field, as error texts name them (<c>VolumeSource.</c>); usually empty.</summary>
    public string InlinePath { get; init; } = "";
}
