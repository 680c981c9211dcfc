using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Admission;

/// <summary>
/// A new node takes no Pods until it has said that it is ready (admission plugin TaintNodesByCondition); the node
/// controller takes the taint off.
/// </summary>
internal static class NodeTaint
{
    private const string NotReady = "node.kubernetes.io/not-ready";
    private const string NoSchedule = "NoSchedule";

    public static void Admit(JsonObject node)
    {
        JsonObject spec = node.Ensure("spec");
        if (spec.Items("taints").Any(t => t.Text("key") == NotReady && t.Text("effect") == NoSchedule))
        {
            return;
        }

        JsonArray taints = spec.List("taints") ?? [];
        taints.Add((JsonNode)new JsonObject { ["key"] = NotReady, ["effect"] = NoSchedule });
        spec["taints"] = taints.Parent is null ? taints : taints.DeepClone();
    }
}
