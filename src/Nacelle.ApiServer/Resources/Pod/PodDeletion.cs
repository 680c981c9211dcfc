using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>How long a Pod may take to end (API reference, <c>terminationGracePeriodSeconds</c> and DeleteOptions).</summary>
internal static class PodDeletion
{
    /// <summary>Seconds; 0 removes the Pod at once, as nothing of it can be running.</summary>
    public static long GracePeriod(JsonObject pod, long? asked)
    {
        JsonObject? spec = pod.Child("spec");
        bool unscheduled = spec.Text("nodeName").Length == 0;
        bool ended = pod.Child("status").Text("phase") is "Succeeded" or "Failed";
        if (unscheduled || ended)
        {
            return 0;
        }

        long period = asked ?? spec.Number("terminationGracePeriodSeconds");
        return period < 0 ? 1 : period;
    }
}
