using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>
/// Fields that exist in the schema but belong to features that are off by default in Kubernetes 1.36: they are accepted and dropped,
/// as a real server with default feature gates does.
/// </summary>
internal static class GatedFields
{
    public static void Drop(JsonObject pod)
    {
        JsonObject? spec = pod.Child("spec");
        spec?.Remove("schedulingGroup");
        foreach (string list in (string[])["containers", "initContainers", "ephemeralContainers"])
        {
            foreach (JsonObject container in spec.Items(list))
            {
                DropStopSignal(container);
            }
        }

        foreach (JsonObject source in spec.Items("volumes").SelectMany(volume => volume.Child("projected").Items("sources")))
        {
            source.Remove("clusterTrustBundle");
            source.Remove("podCertificate");
        }
    }

    private static void DropStopSignal(JsonObject container)
    {
        if (container.Child("lifecycle") is { } lifecycle && lifecycle.Remove("stopSignal") && lifecycle.Count == 0)
        {
            container.Remove("lifecycle");
        }
    }
}
