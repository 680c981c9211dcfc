using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;

namespace Nacelle.Controllers.Scheduling;

/// <summary>The condition PodScheduled False, reason Unschedulable, as a strategic merge patch of the Pod's status. It names the version of
/// the Pod it was decided for: a Pod that was bound meanwhile must not be told that no node takes it.</summary>
public static class UnschedulableCondition
{
    /// <returns>Null when the Pod has the condition with this message already.</returns>
    public static JsonObject? Patch(V1Pod pod, string message, DateTime now)
    {
        var present = pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "PodScheduled");
        if (present is { Status: "False", Reason: "Unschedulable" } && present.Message == message)
        {
            return null;
        }

        var since = present is { Status: "False", LastTransitionTime: { } time } ? time : now;
        var condition = new JsonObject
        {
            ["type"] = "PodScheduled",
            ["status"] = "False",
            ["reason"] = "Unschedulable",
            ["message"] = message,
            ["lastTransitionTime"] = since.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        if (pod.Metadata.Generation is { } generation)
        {
            condition["observedGeneration"] = generation;
        }

        var metadata = new JsonObject { ["uid"] = pod.Metadata.Uid };
        if (pod.Metadata.ResourceVersion is { Length: > 0 } version)
        {
            metadata["resourceVersion"] = version;
        }

        return new JsonObject
        {
            ["metadata"] = metadata,
            ["status"] = new JsonObject { ["conditions"] = new JsonArray(condition) },
        };
    }
}
