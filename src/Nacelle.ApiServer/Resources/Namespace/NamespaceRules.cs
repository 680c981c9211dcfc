using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Namespace;

/// <summary>Defaults of a Namespace, and what the server keeps for itself in it.</summary>
internal static class NamespaceRules
{
    private const string NameLabel = "kubernetes.io/metadata.name";

    /// <summary>Every namespace carries its own name as a label.</summary>
    public static void Default(JsonObject item)
    {
        JsonObject metadata = item.Ensure("metadata");
        if (metadata.Text("name") is { Length: > 0 } name)
        {
            metadata.Ensure("labels")[NameLabel] = name;
        }
    }

    /// <summary>The finalizer that lets the namespace be emptied before it goes.</summary>
    public static void PrepareForCreate(JsonObject item)
    {
        Default(item);
        JsonObject spec = item.Ensure("spec");
        if (!spec.Texts("finalizers").Contains("kubernetes"))
        {
            JsonArray finalizers = spec.List("finalizers") ?? [];
            spec["finalizers"] = finalizers;
            finalizers.Add((JsonNode)JsonValue.Create("kubernetes"));
        }

        item["status"] = new JsonObject { ["phase"] = "Active" };
    }

    /// <summary>Finalizers and status change through their own paths only.</summary>
    public static void PrepareForUpdate(JsonObject item, JsonObject old)
    {
        Restore(item, old, "status");
        JsonObject spec = item.Ensure("spec");
        if (old.Child("spec").List("finalizers") is { } finalizers)
        {
            spec["finalizers"] = finalizers.DeepClone();
        }
        else
        {
            spec.Remove("finalizers");
        }
    }

    public static void PrepareForStatusUpdate(JsonObject item, JsonObject old) => Restore(item, old, "spec");

    public static void PrepareForFinalize(JsonObject item, JsonObject old) => Restore(item, old, "status");

    private static void Restore(JsonObject item, JsonObject old, string name) => item[name] = old[name]?.DeepClone();
}
