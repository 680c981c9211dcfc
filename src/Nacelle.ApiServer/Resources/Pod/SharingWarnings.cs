using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Exposure;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>What a new Pod's containers can do to each other because they share a process namespace: the findings that matter, worst first.</summary>
internal static class SharingWarnings
{
    // The findings grow with the square of the containers: whoever creates a larger Pod is told to ask for them.
    private const int MostContainers = 30;

    public static void Check(List<string> warnings, JsonObject spec, bool isNew)
    {
        if (!isNew || !(spec.Flag("shareProcessNamespace") || spec.Flag("hostPID")))
        {
            return;
        }

        int containers = spec.Items("containers").Count() + spec.Items("initContainers").Count();
        if (containers > MostContainers)
        {
            warnings.Add($"spec.shareProcessNamespace: {containers} containers share a process namespace; \"nacelle audit\" says what that exposes");
            return;
        }

        warnings.AddRange(ExposureWarnings.Of(spec));
    }
}
