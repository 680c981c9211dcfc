using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.ApiServer.ManagedFields;

/// <summary>Keeps <c>metadata.managedFields</c> up to date on creates, updates and patches.</summary>
internal static class FieldManager
{
    private const int MaximumUpdaters = 10;
    private const string Ancient = "ancient-changes";

    // What the server itself sets in every object has no owner.
    private static readonly string[][] Unowned =
    [
        ["f:apiVersion"], ["f:kind"], ["f:metadata"], ["f:metadata", "f:name"], ["f:metadata", "f:namespace"], ["f:metadata", "f:creationTimestamp"],
        ["f:metadata", "f:selfLink"], ["f:metadata", "f:uid"], ["f:metadata", "f:generation"], ["f:metadata", "f:managedFields"],
        ["f:metadata", "f:resourceVersion"],
    ];

    /// <summary>Gives the fields that the write changed to its manager, and takes them from others.</summary>
    /// <param name="item">The object as it shall be, defaults filled in; its managedFields are replaced.</param>
    /// <param name="old">The object as it is, or null on creation.</param>
    /// <param name="subresource">The path below the object that is written through; empty for the object itself.</param>
    /// <param name="resets">Fields that this path does not write, such as <c>f:status</c>.</param>
    public static void RecordUpdate(
        JsonObject item, JsonObject? old, ObjectSchema schema, string manager, string subresource, IReadOnlyList<string> resets, DateTimeOffset now)
    {
        JsonObject metadata = item.Ensure("metadata");
        List<FieldEntry> entries = Current(metadata, old, subresource);
        metadata.Remove("managedFields");
        if (entries.Count == 0 && old is not null)
        {
            return;
        }

        FieldComparison comparison = FieldComparison.Of(Bare(old, schema), item, schema.Type);
        FieldSet changed = comparison.Modified.Union(comparison.Added);
        FieldSet own = changed;
        foreach (string reset in resets)
        {
            own = own.Without(reset);
        }

        own = own.WithoutMembers(Unowned);
        entries = [.. entries
            .Select(entry => entry with { Fields = entry.Fields.Difference(changed).Difference(comparison.Removed) })
            .Where(entry => !entry.Fields.IsEmpty || (entry.Operation == "Update" && entry.Manager == manager))];
        AddOwn(entries, new FieldEntry
        {
            Manager = manager,
            Operation = "Update",
            ApiVersion = schema.ApiVersion,
            Subresource = subresource,
            Time = GoTime.Format(now),
            Fields = own,
        });
        Write(metadata, Capped([.. entries.Where(entry => !entry.Fields.IsEmpty)]));
    }

    private static List<FieldEntry> Current(JsonObject metadata, JsonObject? old, string subresource)
    {
        if (subresource.Length > 0)
        {
            return FieldEntry.Read(old.Child("metadata"));
        }

        // One empty entry asks to forget all owners.
        if (metadata.List("managedFields") is [JsonObject { Count: 0 }])
        {
            return [];
        }

        List<FieldEntry> given = FieldEntry.Read(metadata);
        return given.Count > 0 ? given : FieldEntry.Read(old.Child("metadata"));
    }

    private static JsonObject Bare(JsonObject? old, ObjectSchema schema) => old ?? ZeroValues.Structure(schema.Type);

    private static void AddOwn(List<FieldEntry> entries, FieldEntry own)
    {
        int at = entries.FindIndex(own.IsSame);
        if (own.Fields.IsEmpty)
        {
            return;
        }

        if (at < 0)
        {
            entries.Add(own);
        }
        else
        {
            entries[at] = own with { Fields = own.Fields.Union(entries[at].Fields) };
        }
    }

    /// <summary>Objects that many write through changing names keep a bounded record: the oldest become one.</summary>
    private static List<FieldEntry> Capped(List<FieldEntry> entries)
    {
        List<FieldEntry> updaters = [.. entries.Where(entry => entry.Operation == "Update").OrderBy(entry => entry.Time, StringComparer.Ordinal)];
        if (updaters.Count <= MaximumUpdaters)
        {
            return entries;
        }

        FieldEntry[] oldest = [.. updaters.Take(updaters.Count - MaximumUpdaters + 1)];
        FieldEntry merged = oldest[^1] with { Manager = Ancient, Subresource = "", Fields = oldest.Aggregate(new FieldSet(), (set, entry) => set.Union(entry.Fields)) };
        return [merged, .. entries.Except(oldest)];
    }

    private static void Write(JsonObject metadata, List<FieldEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        var list = new JsonArray();
        IEnumerable<FieldEntry> ordered = entries
            .OrderBy(entry => entry.Operation, StringComparer.Ordinal).ThenBy(entry => entry.Time, StringComparer.Ordinal)
            .ThenBy(entry => entry.Manager, StringComparer.Ordinal).ThenBy(entry => entry.Subresource, StringComparer.Ordinal);
        foreach (FieldEntry entry in ordered)
        {
            list.Add((JsonNode)entry.ToJson());
        }

        metadata["managedFields"] = list;
    }
}
