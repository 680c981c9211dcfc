using System.Text.Json.Nodes;

namespace Nacelle.ApiServer.ManagedFields;

/// <summary>
/// A set of fields of an object, as a tree. An element of a path is written as in <c>fieldsV1</c>: <c>f:name</c> for a field or
/// a map's key, <c>k:{"name":"a"}</c> for an item of a list with keys, <c>v:"a"</c> for an item of a set.
/// </summary>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> children = new(StringComparer.Ordinal);

    /// <summary>Whether the path that leads here is itself in the set.</summary>
    public bool Member { get; private set; }

    public bool IsEmpty => !Member && children.Values.All(child => child.IsEmpty);

    public void Insert(ReadOnlySpan<string> path)
    {
        FieldSet node = this;
        foreach (string element in path)
        {
            if (!node.children.TryGetValue(element, out FieldSet? child))
            {
                child = new FieldSet();
                node.children[element] = child;
            }

            node = child;
        }

        node.Member = true;
    }

    public FieldSet Union(FieldSet other) => Combine(other, static (one, two) => one || two);

    public FieldSet Difference(FieldSet other) => Combine(other, static (one, two) => one && !two);

    public FieldSet Intersection(FieldSet other) => Combine(other, static (one, two) => one && two);

    /// <summary>The set without what lies below (and at) a field of the object, such as <c>f:status</c>.</summary>
    public FieldSet Without(params ReadOnlySpan<string> path)
    {
        var copy = Combine(new FieldSet(), static (one, _) => one);
        FieldSet node = copy;
        foreach (string element in path[..^1])
        {
            if (!node.children.TryGetValue(element, out FieldSet? child))
            {
                return copy;
            }

            node = child;
        }

        node.children.Remove(path[^1]);
        return copy;
    }

    /// <summary>Takes single fields out, leaving what lies below them.</summary>
    public FieldSet WithoutMembers(params ReadOnlySpan<string[]> paths)
    {
        var gone = new FieldSet();
        foreach (string[] path in paths)
        {
            gone.Insert(path);
        }

        return Difference(gone);
    }

    /// <summary>The form in which <c>fieldsV1</c> is stored.</summary>
    public JsonObject ToJson()
    {
        var document = new JsonObject();
        if (Member && children.Values.Any(child => !child.IsEmpty))
        {
            document["."] = new JsonObject();
        }

        foreach ((string element, FieldSet child) in children)
        {
            if (!child.IsEmpty)
            {
                document[element] = child.ToJson();
            }
        }

        return document;
    }

    public static FieldSet FromJson(JsonObject? document)
    {
        var set = new FieldSet();
        foreach ((string element, JsonNode? value) in document ?? [])
        {
            if (element == ".")
            {
                set.Member = true;
                continue;
            }

            FieldSet child = FromJson(value as JsonObject);
            child.Member |= child.children.Count == 0;
            set.children[element] = child;
        }

        return set;
    }

    private FieldSet Combine(FieldSet other, Func<bool, bool, bool> keeps)
    {
        var result = new FieldSet { Member = keeps(Member, other.Member) };
        foreach (string element in children.Keys.Union(other.children.Keys))
        {
            FieldSet one = children.GetValueOrDefault(element) ?? new FieldSet();
            FieldSet two = other.children.GetValueOrDefault(element) ?? new FieldSet();
            FieldSet child = one.Combine(two, keeps);
            if (!child.IsEmpty)
            {
                result.children[element] = child;
            }
        }

        return result;
    }
}
