using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Tables;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>What <c>kubectl get pods</c> shows.</summary>
internal static class PodColumns
{
    private const string None = "<none>";

    public static ImmutableArray<TableColumn> Columns { get; } =
    [
        MetadataColumns.Name,
        new("Ready", "string", "", "The aggregate readiness state of this pod for accepting traffic."),
        new("Status", "string", "", "The aggregate status of the containers in this pod."),
        new("Restarts", "string", "", "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted."),
        MetadataColumns.Age,
        new("IP", "string", "", ColumnTexts.Of("V1PodStatus.PodIP"), 1),
        new("Node", "string", "", ColumnTexts.Of("V1PodSpec.NodeName"), 1),
        new("Nominated Node", "string", "", ColumnTexts.Of("V1PodStatus.NominatedNodeName"), 1),
        new("Readiness Gates", "string", "", ColumnTexts.Of("V1PodSpec.ReadinessGates"), 1),
    ];

    public static TableRow Print(JsonObject pod, DateTimeOffset now)
    {
        JsonObject? spec = pod.Child("spec");
        JsonObject? status = pod.Child("status");
        PodSummary summary = PodSummary.Of(pod);
        string restarts = summary.Restarts.ToString(CultureInfo.InvariantCulture);
        if (summary.Restarts > 0 && summary.LastRestart.Length > 0)
        {
            restarts += $" ({HumanDuration.Since(summary.LastRestart, now)} ago)";
        }

        return new TableRow(
            [
                MetadataColumns.NameOf(pod),
                string.Create(CultureInfo.InvariantCulture, $"{summary.Ready}/{summary.Total}"),
                summary.Status,
                restarts,
                MetadataColumns.AgeOf(pod, now),
                OrNone(status.Items("podIPs").FirstOrDefault().Text("ip")),
                OrNone(spec.Text("nodeName")),
                OrNone(status.Text("nominatedNodeName")),
                Gates(spec, status),
            ],
            Ended(status.Text("phase")));
    }

    private static string OrNone(string text) => text.Length == 0 ? None : text;

    private static string Gates(JsonObject? spec, JsonObject? status)
    {
        string[] gates = [.. spec.Items("readinessGates").Select(g => g.Text("conditionType"))];
        int open = gates.Count(gate => status.Items("conditions").Any(c => c.Text("type") == gate && c.Text("status") == "True"));
        return gates.Length == 0 ? None : string.Create(CultureInfo.InvariantCulture, $"{open}/{gates.Length}");
    }

    private static JsonArray? Ended(string phase) => phase switch
    {
        "Succeeded" => Condition(phase, "The pod has completed successfully."),
        "Failed" => Condition(phase, "The pod failed."),
        _ => null,
    };

    private static JsonArray Condition(string reason, string message) =>
        new(new JsonObject { ["type"] = "Completed", ["status"] = "True", ["reason"] = reason, ["message"] = message });
}
