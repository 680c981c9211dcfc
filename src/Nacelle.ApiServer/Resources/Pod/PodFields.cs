using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>Field selectors of Pods (concepts, "Field Selectors").</summary>
internal static class PodFields
{
    public static ImmutableDictionary<string, Func<JsonObject, string>> Selectors { get; } =
        new Dictionary<string, Func<JsonObject, string>>
        {
            ["spec.nodeName"] = pod => pod.Child("spec").Text("nodeName"),
            ["spec.restartPolicy"] = pod => pod.Child("spec").Text("restartPolicy"),
            ["spec.schedulerName"] = pod => pod.Child("spec").Text("schedulerName"),
            ["spec.serviceAccountName"] = pod => pod.Child("spec").Text("serviceAccountName"),
            ["spec.hostNetwork"] = pod => pod.Child("spec").Flag("hostNetwork") ? "true" : "false",
            ["status.phase"] = pod => pod.Child("status").Text("phase"),
            ["status.podIP"] = pod => pod.Child("status").Items("podIPs").FirstOrDefault().Text("ip"),
            ["status.nominatedNodeName"] = pod => pod.Child("status").Text("nominatedNodeName"),
        }.ToImmutableDictionary();
}
