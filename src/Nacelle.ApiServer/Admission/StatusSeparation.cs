using System.Text.Json.Nodes;

namespace Nacelle.ApiServer.Admission;

/// <summary>
/// Who wishes writes the object, who observes writes its status: each path leaves the other's part as it was
/// (API conventions, "Spec and Status"). For kinds that say nothing more particular.
/// </summary>
internal static class StatusSeparation
{
    /// <summary>What a write through the request's path resets in the new object.</summary>
    public static Action<JsonObject, JsonObject> Of(WriteRequest request) => request.Subresource?.Name switch
    {
        null when request.Type.Subresources.Any(s => s.Name == "status") => KeepStatus,
        "finalize" => KeepStatus,
        "status" => KeepAllButStatus,
        _ => static (_, _) => { }
        ,
    };

    private static void KeepStatus(JsonObject item, JsonObject old) => Restore(item, old, "status");

    private static void KeepAllButStatus(JsonObject item, JsonObject old)
    {
        foreach (string name in item.Select(p => p.Key).Concat(old.Select(p => p.Key)).Distinct().ToArray())
        {
            if (name is not ("status" or "metadata"))
            {
                Restore(item, old, name);
            }
        }
    }

    private static void Restore(JsonObject item, JsonObject old, string name)
    {
        if (old.TryGetPropertyValue(name, out JsonNode? value))
        {
            item[name] = value?.DeepClone();
        }
        else
        {
            item.Remove(name);
        }
    }
}
