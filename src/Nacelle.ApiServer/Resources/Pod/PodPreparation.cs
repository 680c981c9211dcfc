using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>What the server itself decides about a new Pod, whatever the client sent.</summary>
internal static class PodPreparation
{
    /// <summary>Starts the status over and works out what follows from the spec.</summary>
    public static void PrepareForCreate(JsonObject pod)
    {
        JsonObject spec = pod.Ensure("spec");
        GatedFields.Drop(pod);
        var status = new JsonObject { ["phase"] = "Pending" };
        if (spec.List("schedulingGates") is { Count: > 0 })
        {
            status["conditions"] = new JsonArray(SchedulingGated(pod));
        }

        status["qosClass"] = PodResources.QualityOfService(spec);
        pod["status"] = status;
        PodLabelKeys.Apply(pod, spec);
        AppArmorFields.Apply(pod, spec);
    }

    private static JsonObject SchedulingGated(JsonObject pod) => new()
    {
        ["type"] = "PodScheduled",
        ["status"] = "False",
        ["lastProbeTime"] = null,
        ["lastTransitionTime"] = pod.Child("metadata").Text("creationTimestamp") is { Length: > 0 } now ? now : null,
        ["reason"] = "SchedulingGated",
        ["message"] = "Scheduling is blocked due to non-empty scheduling gates",
    };
}
