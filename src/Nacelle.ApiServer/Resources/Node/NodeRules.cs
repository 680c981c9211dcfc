using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Node;

/// <summary>Defaults of a Node, and which of its parts change through which path.</summary>
internal static class NodeRules
{
    /// <summary>What can be allocated is the capacity, unless the node says less; one address range is also the list of ranges.</summary>
    public static void Default(JsonObject node)
    {
        JsonObject status = node.Ensure("status");
        if (status.Child("allocatable") is null && status.Child("capacity") is { Count: > 0 } capacity)
        {
            status["allocatable"] = capacity.DeepClone();
        }

        if (node.Child("spec") is not { } spec)
        {
            return;
        }

        if (spec.Text("podCIDR").Length > 0 && spec.List("podCIDRs") is not { Count: > 0 })
        {
            spec["podCIDRs"] = new JsonArray(JsonValue.Create(spec.Text("podCIDR")));
        }
        else if (spec.Text("podCIDR").Length == 0 && spec.List("podCIDRs") is { Count: > 0 } ranges)
        {
            spec["podCIDR"] = ranges[0].AsText();
        }
    }

    public static void PrepareForCreate(JsonObject node) => node.Child("spec")?.Remove("configSource");

    public static void PrepareForUpdate(JsonObject node, JsonObject old) => node["status"] = old["status"]?.DeepClone();

    public static void PrepareForStatusUpdate(JsonObject node, JsonObject old) => node["spec"] = old["spec"]?.DeepClone();
}
