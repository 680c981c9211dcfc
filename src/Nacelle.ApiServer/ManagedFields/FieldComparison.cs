using System.Text.Json;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.ApiServer.ManagedFields;

/// <summary>
/// Which fields a change added, modified and removed, at the grain at which fields have owners: values, atomic structures and lists as a
/// whole, items of lists with keys one by one.
/// </summary>
internal sealed class FieldComparison
{
    private readonly List<string> path = [];

    private FieldComparison()
    {
    }

    public FieldSet Added { get; } = new();

    public FieldSet Modified { get; } = new();

    public FieldSet Removed { get; } = new();

    public static FieldComparison Of(JsonObject before, JsonObject after, SchemaType type)
    {
        var comparison = new FieldComparison();
        comparison.Structure(before, after, type);
        return comparison;
    }

    /// <summary>A value that is there or not; JSON null counts as there.</summary>
    private readonly record struct Side(bool There, JsonNode? Value);

    private void Structure(JsonObject? before, JsonObject? after, SchemaType type)
    {
        foreach (SchemaField field in type.Fields)
        {
            Child("f:" + field.Name, In(before, field.Name), In(after, field.Name), field.Type, field);
        }
    }

    private void Child(string element, Side before, Side after, SchemaType type, SchemaField? field)
    {
        if (!before.There && !after.There)
        {
            return;
        }

        path.Add(element);
        Value(before, after, type, field);
        path.RemoveAt(path.Count - 1);
    }

    private void Value(Side before, Side after, SchemaType type, SchemaField? field)
    {
        bool atomic = type.Atomic || field?.Atomic == true || IsEmpty(before.Value, after.Value);
        switch (type.Kind)
        {
            case SchemaKind.Structure when !atomic:
                Structure(before.Value as JsonObject, after.Value as JsonObject, type);
                break;
            case SchemaKind.Map when !atomic:
                Map(before.Value as JsonObject, after.Value as JsonObject, type.Element!);
                break;
            case SchemaKind.List when !atomic && field?.ListType is ListType.Map or ListType.Set:
                Items(before.Value as JsonArray, after.Value as JsonArray, type.Element!, field);
                break;
            default:
                Leaf(before, after);
                return;
        }

        if (!before.There)
        {
            Insert(Added);
        }
        else if (!after.There)
        {
            Insert(Removed);
        }
    }

    private void Leaf(Side before, Side after)
    {
        if (!before.There)
        {
            Insert(Added);
        }
        else if (!after.There)
        {
            Insert(Removed);
        }
        else if (!JsonNode.DeepEquals(before.Value, after.Value))
        {
            Insert(Modified);
        }
    }

    private void Map(JsonObject? before, JsonObject? after, SchemaType element)
    {
        foreach (string key in (before ?? []).Concat(after ?? []).Select(entry => entry.Key).Distinct().ToArray())
        {
            Child("f:" + key, In(before, key), In(after, key), element, null);
        }
    }

    private void Items(JsonArray? before, JsonArray? after, SchemaType element, SchemaField field)
    {
        Dictionary<string, List<JsonNode?>> old = Keyed(before, element, field);
        Dictionary<string, List<JsonNode?>> now = Keyed(after, element, field);
        foreach (string key in now.Keys.Union(old.Keys))
        {
            List<JsonNode?> was = old.GetValueOrDefault(key, []);
            List<JsonNode?> items = now.GetValueOrDefault(key, []);
            if (was.Count <= 1 && items.Count <= 1)
            {
                Child(key, Only(was), Only(items), element, null);
                continue;
            }

            // Items that share a key are owned together, as one value.
            path.Add(key);
            Leaf(Together(was), Together(items));
            path.RemoveAt(path.Count - 1);
        }
    }

    private static Side Only(List<JsonNode?> items) => items.Count == 0 ? default : new Side(true, items[0]);

    private static Side Together(List<JsonNode?> items) =>
        items.Count == 0 ? default : new Side(true, new JsonArray([.. items.Select(item => item?.DeepClone())]));

    private static Dictionary<string, List<JsonNode?>> Keyed(JsonArray? list, SchemaType element, SchemaField field)
    {
        Dictionary<string, List<JsonNode?>> keyed = [];
        foreach (JsonNode? item in list ?? [])
        {
            string key = field.ListType == ListType.Set ? "v:" + Text(item) : "k:" + Key(item as JsonObject, element, field);
            if (!keyed.TryGetValue(key, out List<JsonNode?>? items))
            {
                keyed[key] = items = [];
            }

            items.Add(item);
        }

        return keyed;
    }

    /// <summary>The keys of an item as compact JSON, sorted by name; an absent one has the schema's default.</summary>
    private static string Key(JsonObject? item, SchemaType element, SchemaField field)
    {
        var key = new JsonObject();
        foreach (string name in field.ListKeys.Order(StringComparer.Ordinal))
        {
            JsonNode? value = item?[name]?.DeepClone();
            if (value is null && element.Field(name)?.Default is { } written)
            {
                value = JsonNode.Parse(written);
            }

            if (value is not null)
            {
                key[name] = value;
            }
        }

        return Text(key);
    }

    private static string Text(JsonNode? node) => node?.ToJsonString(JsonText.Compact) ?? "null";

    /// <summary>Empty or absent on both sides: then the field itself is what is owned.</summary>
    private static bool IsEmpty(JsonNode? before, JsonNode? after) => Count(before) == 0 && Count(after) == 0;

    private static int Count(JsonNode? node) => node switch
    {
        null => 0,
        JsonObject map => map.Count,
        JsonArray list => list.Count,
        _ => node.GetValueKind() == JsonValueKind.Null ? 0 : 1,
    };

    private static Side In(JsonObject? document, string name) =>
        document is not null && document.TryGetPropertyValue(name, out JsonNode? value) ? new Side(true, value) : default;

    private void Insert(FieldSet set) => set.Insert([.. path]);
}
