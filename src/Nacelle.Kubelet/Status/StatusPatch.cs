using System.Text.Json.Nodes;
using k8s.Models;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Kubelet.Status;

/// <summary>
/// The strategic merge patch that turns one status into another, with the Pod's UID as its precondition. Only fields that differ are
/// sent, and of the conditions only those that differ and that the kubelet owns: those of other writers are never touched. Pure.
/// </summary>
internal static class StatusPatch
{
    /// <summary>Lists that the API merges by a key instead of replacing them.</summary>
    private static readonly Dictionary<string, string> MergeKeys = new()
    {
        ["conditions"] = "type",
        ["podIPs"] = "ip",
        ["hostIPs"] = "ip",
    };

    /// <summary>Null when nothing differs.</summary>
    public static byte[]? Between(string uid, V1PodStatus? old, V1PodStatus desired)
    {
        var before = Json(old ?? new V1PodStatus());
        var after = Json(desired);
        var changes = new JsonObject();
        foreach (var (name, value) in after)
        {
            if (JsonNode.DeepEquals(before[name], value))
            {
                continue;
            }

            if (!MergeKeys.TryGetValue(name, out var key))
            {
                changes[name] = value!.DeepClone();
            }
            else if (MergedList(before[name] as JsonArray ?? [], (JsonArray)value!, key) is { Count: > 0 } list)
            {
                // Another order alone is no change: the server keeps its own.
                changes[name] = list;
            }
        }

        foreach (var (name, _) in before)
        {
            // Null would remove the conditions of others with ours.
            if (!after.ContainsKey(name) && name != "conditions")
            {
                changes[name] = null;
            }
        }

        if (changes.Count == 0)
        {
            return null;
        }

        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = uid }, ["status"] = changes };
        return System.Text.Encoding.UTF8.GetBytes(patch.ToJsonString());
    }

    private static JsonArray MergedList(JsonArray before, JsonArray after, string key)
    {
        var patch = new JsonArray();
        foreach (var item in after)
        {
            var old = Find(before, key, (string?)item![key]);
            if (!JsonNode.DeepEquals(old, item))
            {
                var change = item.DeepClone().AsObject();
                foreach (var gone in (old as JsonObject ?? []).Where(f => !change.ContainsKey(f.Key)).Select(f => f.Key).ToList())
                {
                    change[gone] = null;
                }

                patch.Add((JsonNode)change);
            }
        }

        foreach (var item in before)
        {
            if (Find(after, key, (string?)item![key]) is null && key != "type")
            {
                patch.Add((JsonNode)new JsonObject { ["$patch"] = "delete", [key] = item[key]!.DeepClone() });
            }
        }

        return patch;
    }

    private static JsonNode? Find(JsonArray list, string key, string? value) => list.FirstOrDefault(i => (string?)i![key] == value);

    private static JsonObject Json(V1PodStatus status)
    {
        var json = JsonNode.Parse(KubernetesJson.Serialize(status))!.AsObject();
        foreach (var foreign in (json["conditions"] as JsonArray ?? []).Where(c => !PodConditions.IsOwned((string)c!["type"]!)).ToList())
        {
            foreign!.Parent!.AsArray().Remove(foreign);
        }

        return json;
    }
}
