using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Admission;

/// <summary>A Pod stays five minutes on a node that is not ready or not reachable, unless it says otherwise (admission plugin DefaultTolerationSeconds).</summary>
internal static class PodTolerations
{
    private const string NotReady = "node.kubernetes.io/not-ready";
    private const string Unreachable = "node.kubernetes.io/unreachable";
    private const string NoExecute = "NoExecute";
    private const int Seconds = 300;

    public static void Admit(JsonObject pod)
    {
        JsonObject spec = pod.Ensure("spec");
        JsonObject[] own = [.. spec.Items("tolerations")];
        foreach (string key in (string[])[NotReady, Unreachable])
        {
            if (own.Any(t => Tolerates(t, key)))
            {
                continue;
            }

            if (spec.List("tolerations") is not { } tolerations)
            {
                tolerations = [];
                spec["tolerations"] = tolerations;
            }

            tolerations.Add((JsonNode)new JsonObject
            {
                ["key"] = key,
                ["operator"] = "Exists",
                ["effect"] = NoExecute,
                ["tolerationSeconds"] = Seconds,
            });
        }
    }

    private static bool Tolerates(JsonObject toleration, string key) =>
        (toleration.Text("key") == key || toleration.Text("key").Length == 0) && toleration.Text("effect") is (NoExecute or "");
}
