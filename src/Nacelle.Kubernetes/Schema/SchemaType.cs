using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Schema;

/// <summary>The type of a value. Structures are complete once <see cref="SchemaTables"/> has linked them.</summary>
public sealed class SchemaType
{
    private Dictionary<string, SchemaField>? byName;

    internal SchemaType(SchemaKind kind, string name, string goName)
    {
        Kind = kind;
        Name = name;
        GoName = goName;
    }

    public SchemaKind Kind { get; }

    /// <summary>The name in the tables, such as <c>core.Container</c>; empty for a list or map.</summary>
    public string Name { get; }

    /// <summary>The name in the reference server's error texts, such as <c>v1.Container</c> or <c>[]string</c>.</summary>
    public string GoName { get; }

    /// <summary>The type of the values of a list or map; null for others.</summary>
    public SchemaType? Element { get; internal set; }

    /// <summary>Whether the values of a list may be absent (a list of pointers).</summary>
    public bool Atomic { get; internal set; }

    /// <summary>The values that the documentation lists; empty where any is accepted by the schema.</summary>
    public ImmutableArray<string> Values { get; internal set; } = [];

    /// <summary>The fields of a structure in the order in which they are written, those of inlined structures included.</summary>
    public ImmutableArray<SchemaField> Fields { get; internal set; } = [];

    /// <summary>The field of that exact name (case counts), or null.</summary>
    public SchemaField? Field(string name)
    {
        byName ??= Fields.ToDictionary(field => field.Name);
        return byName.GetValueOrDefault(name);
    }

    /// <summary>The field's type at a path of field names; lists and maps are passed through. Null where there is none.</summary>
    public SchemaType? At(params ReadOnlySpan<string> path)
    {
        SchemaType? type = this;
        foreach (string name in path)
        {
            while (type?.Element is { } element)
            {
                type = element;
            }

            type = type?.Field(name)?.Type;
        }

        return type;
    }

    public override string ToString() => Name.Length > 0 ? Name : GoName;
}
