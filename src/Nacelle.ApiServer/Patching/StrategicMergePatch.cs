using System.Text.Json.Nodes;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.ApiServer.Patching;

/// <summary>
/// Strategic merge patch: lists with a merge key are merged item by item, and directives in the patch say what merging cannot:
/// <c>$patch</c>, <c>$setElementOrder/…</c>, <c>$deleteFromPrimitiveList/…</c>, <c>$retainKeys</c>. Keys and strategies come from the tables.
/// </summary>
internal static class StrategicMergePatch
{
    internal const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string SetOrder = "$setElementOrder/";
    private const string DeleteList = "$deleteFromPrimitiveList/";

    /// <summary>The document after the patch; both are changed on the way.</summary>
    /// <exception cref="PatchException">The patch does not apply.</exception>
    public static JsonObject Merge(JsonObject original, JsonObject patch, SchemaType? type)
    {
        if (patch.TryGetPropertyValue(Directive, out JsonNode? directive))
        {
            return ByDirective(directive, patch);
        }

        ApplyRetainKeys(original, patch);
        ApplyOrders(original, patch, type);
        foreach (string name in patch.Select(entry => entry.Key).ToArray())
        {
            MergeMember(original, name, Detach(patch, name), type);
        }

        return original;
    }

    private static JsonObject ByDirective(JsonNode? directive, JsonObject patch)
    {
        switch (directive?.ToString())
        {
            case "replace":
                patch.Remove(Directive);
                return (JsonObject)patch.DeepClone();
            case "delete":
                return [];
            default:
                throw new PatchException($"unknown patch type: {GoPrint.Show(directive)} in map: {GoPrint.Show(patch)}");
        }
    }

    private static void MergeMember(JsonObject original, string name, JsonNode? value, SchemaType? type)
    {
        bool isDeleteList = name.StartsWith(DeleteList, StringComparison.Ordinal);
        if (isDeleteList)
        {
            name = name[DeleteList.Length..];
            if (!original.ContainsKey(name))
            {
                return;
            }
        }

        if (value is null)
        {
            original.Remove(name);
            return;
        }

        original.TryGetPropertyValue(name, out JsonNode? present);
        SchemaField? field = type?.Field(name);
        switch (present, value)
        {
            case (JsonObject before, JsonObject change) when !IsReplaced(field):
                original.Remove(name);
                original[name] = Merge(before, change, Sub(type, field));
                break;
            case (JsonArray before, JsonArray change) when isDeleteList || IsMerged(field):
                original.Remove(name);
                original[name] = MergeList(before, change, Sub(type, field), field?.PatchMergeKey, isDeleteList);
                break;
            case (JsonArray, JsonArray change):
                original[name] = change;
                break;
            default:
                Take(original, name, value, isDeleteList);
                break;
        }
    }

    private static void Take(JsonObject original, string name, JsonNode value, bool isDeleteList)
    {
        if (isDeleteList)
        {
            return;
        }

        DropNulls(value);
        if (WithoutDirectives(value))
        {
            original[name] = value;
        }
        else
        {
            original.Remove(name);
        }
    }

    private static JsonArray MergeList(JsonArray original, JsonArray patch, SchemaType? element, string? key, bool isDeleteList)
    {
        if (patch.Concat(original).FirstOrDefault() is not JsonObject)
        {
            return MergeScalars(original, patch, isDeleteList);
        }

        if (patch.Concat(original).Any(item => item is not JsonObject))
        {
            throw new PatchException($"list element types are not identical: [{GoPrint.Show(original)} {GoPrint.Show(patch)}]");
        }

        string mergeKey = key ?? throw new PatchException("cannot merge lists without merge key for " + element);
        List<JsonObject> items = [.. original.Select(item => (JsonObject)item!.DeepClone())];
        List<JsonObject> changes = ApplyItemDirectives(ref items, patch, mergeKey);
        List<JsonNode?> serverOrder = [.. items.Select(item => item[mergeKey])];
        foreach (JsonObject change in changes)
        {
            MergeItem(items, change, mergeKey, element);
        }

        return ListOrder.Arrange(items, [.. changes.Select(change => change[mergeKey])], serverOrder, item => item![mergeKey]);
    }

    private static void MergeItem(List<JsonObject> items, JsonObject change, string key, SchemaType? element)
    {
        if (!change.TryGetPropertyValue(key, out JsonNode? value))
        {
            throw new PatchException($"map: {GoPrint.Show(change)} does not contain declared merge key: {key}");
        }

        int at = items.FindIndex(item => JsonNode.DeepEquals(item[key], value));
        if (at >= 0)
        {
            items[at] = Merge(items[at], (JsonObject)change.DeepClone(), element);
        }
        else
        {
            JsonObject added = (JsonObject)change.DeepClone();
            WithoutDirectives(added);
            items.Add(added);
        }
    }

    private static List<JsonObject> ApplyItemDirectives(ref List<JsonObject> items, JsonArray patch, string key)
    {
        List<JsonObject> changes = [];
        bool replace = false;
        foreach (JsonObject change in patch.OfType<JsonObject>())
        {
            if (!change.TryGetPropertyValue(Directive, out JsonNode? directive))
            {
                changes.Add(change);
                continue;
            }

            switch (directive?.ToString())
            {
                case "delete":
                    JsonNode? value = change.TryGetPropertyValue(key, out JsonNode? given)
                        ? given
                        : throw new PatchException($"map: {GoPrint.Show(change)} does not contain declared merge key: {key}");
                    items.RemoveAll(item => JsonNode.DeepEquals(item[key], value));
                    break;
                case "replace":
                    replace = true;
                    break;
                case "merge":
                    throw new PatchException("merging lists cannot yet be specified in the patch");
                default:
                    throw new PatchException($"unknown patch type: {GoPrint.Show(directive)} in map: {GoPrint.Show(change)}");
            }
        }

        if (replace)
        {
            items = [.. changes.Select(change => (JsonObject)change.DeepClone())];
            changes = [];
        }

        return changes;
    }

    private static JsonArray MergeScalars(JsonArray original, JsonArray patch, bool isDeleteList)
    {
        if (isDeleteList)
        {
            return new JsonArray([.. original.Where(item => !patch.Any(gone => JsonNode.DeepEquals(item, gone))).Select(item => item?.DeepClone())]);
        }

        List<JsonNode?> merged = [];
        foreach (JsonNode? item in original.Concat(patch))
        {
            if (!merged.Any(had => JsonNode.DeepEquals(had, item)))
            {
                merged.Add(item);
            }
        }

        return ListOrder.Arrange(merged, [.. patch], [.. original], item => item);
    }

    private static void ApplyRetainKeys(JsonObject original, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out JsonNode? directive))
        {
            return;
        }

        patch.Remove(RetainKeys);
        HashSet<string> retained = [.. (directive as JsonArray ?? throw BadRetainKeys()).Select(name => name?.ToString() ?? "")];
        if (patch.Any(entry => !entry.Key.StartsWith('$') && entry.Value is not null && !retained.Contains(entry.Key)))
        {
            throw BadRetainKeys();
        }

        foreach (string name in original.Select(entry => entry.Key).Where(name => !retained.Contains(name)).ToArray())
        {
            original.Remove(name);
        }
    }

    private static PatchException BadRetainKeys() => new("invalid patch format of retainKeys", malformed: true);

    private static void ApplyOrders(JsonObject original, JsonObject patch, SchemaType? type)
    {
        foreach (string directive in patch.Select(entry => entry.Key).Where(name => name.StartsWith(SetOrder, StringComparison.Ordinal)).ToArray())
        {
            JsonArray order = Detach(patch, directive) as JsonArray
                ?? throw new PatchException("invalid patch format of setElementOrder list", malformed: true);
            string name = directive[SetOrder.Length..];
            SchemaField? field = type?.Field(name);
            bool inPatch = patch.TryGetPropertyValue(name, out JsonNode? value) && value is JsonArray;
            if (inPatch)
            {
                ListOrder.Check((JsonArray)value!, order, field?.PatchMergeKey);
            }

            ApplyOrder(original, patch, name, order, type, field);
        }
    }

    private static void ApplyOrder(JsonObject original, JsonObject patch, string name, JsonArray order, SchemaType? type, SchemaField? field)
    {
        JsonArray? before = original.TryGetPropertyValue(name, out JsonNode? present) ? present as JsonArray : null;
        JsonArray? change = patch.TryGetPropertyValue(name, out JsonNode? value) ? value as JsonArray : null;
        if ((before is null && change is null) || (patch.ContainsKey(name) && change is null))
        {
            return;
        }

        JsonArray serverOrder = (JsonArray)(before?.DeepClone() ?? new JsonArray());
        if (change is not null)
        {
            MergeMember(original, name, Detach(patch, name), type);
        }

        if (original.TryGetPropertyValue(name, out JsonNode? merged) && merged is JsonArray list)
        {
            string? key = field?.PatchMergeKey;
            JsonNode? KeyOf(JsonNode? item) => key is null ? item : (item as JsonObject)?[key];
            original[name] = ListOrder.Arrange(
                [.. list], [.. order.Select(KeyOf)], [.. serverOrder.Select(KeyOf)], KeyOf);
        }
    }

    private static JsonNode? Detach(JsonObject map, string name)
    {
        JsonNode? value = map[name];
        map.Remove(name);
        return value;
    }

    private static bool IsReplaced(SchemaField? field) => field is not null && field.PatchStrategies.Contains("replace");

    private static bool IsMerged(SchemaField? field) => field is not null && field.PatchStrategies.Contains("merge");

    /// <summary>The type below a field, or of a map's values.</summary>
    private static SchemaType? Sub(SchemaType? type, SchemaField? field)
    {
        SchemaType? sub = field?.Type ?? (type?.Kind == SchemaKind.Map ? type.Element : null);
        return sub?.Kind == SchemaKind.List ? sub.Element : sub;
    }

    private static void DropNulls(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (string name in map.Where(entry => entry.Value is null).Select(entry => entry.Key).ToArray())
                {
                    map.Remove(name);
                }

                foreach ((_, JsonNode? value) in map)
                {
                    DropNulls(value);
                }

                break;
            case JsonArray list:
                foreach (JsonNode? item in list)
                {
                    DropNulls(item);
                }

                break;
        }
    }

    /// <summary>Takes directives out; false when the node is nothing but a directive.</summary>
    private static bool WithoutDirectives(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            if (map.ContainsKey(Directive))
            {
                return false;
            }

            foreach (string name in map.Where(entry => !WithoutDirectives(entry.Value)).Select(entry => entry.Key).ToArray())
            {
                map.Remove(name);
            }
        }
        else if (node is JsonArray list)
        {
            for (int i = list.Count - 1; i >= 0; i--)
            {
                if (!WithoutDirectives(list[i]))
                {
                    list.RemoveAt(i);
                }
            }
        }

        return true;
    }
}
