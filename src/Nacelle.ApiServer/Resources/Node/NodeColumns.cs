using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Tables;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Node;

/// <summary>What <c>kubectl get nodes</c> shows, and its field selector.</summary>
internal static class NodeColumns
{
    private const string RolePrefix = "node-role.kubernetes.io/";
    private const string RoleLabel = "kubernetes.io/role";
    private const string Unknown = "<unknown>";
    private const string None = "<none>";

    public static ImmutableDictionary<string, Func<JsonObject, string>> Selectors { get; } =
        new Dictionary<string, Func<JsonObject, string>>
        {
            ["spec.unschedulable"] = node => node.Child("spec").Flag("unschedulable") ? "true" : "false",
        }.ToImmutableDictionary();

    public static ImmutableArray<TableColumn> Columns { get; } =
    [
        MetadataColumns.Name,
        new("Status", "string", "", "The status of the node"),
        new("Roles", "string", "", "The roles of the node"),
        MetadataColumns.Age,
        new("Version", "string", "", ColumnTexts.Of("V1NodeSystemInfo.KubeletVersion")),
        new("Internal-IP", "string", "", ColumnTexts.Of("V1NodeStatus.Addresses"), 1),
        new("External-IP", "string", "", ColumnTexts.Of("V1NodeStatus.Addresses"), 1),
        new("OS-Image", "string", "", ColumnTexts.Of("V1NodeSystemInfo.OsImage"), 1),
        new("Kernel-Version", "string", "", ColumnTexts.Of("V1NodeSystemInfo.KernelVersion"), 1),
        new("Container-Runtime", "string", "", ColumnTexts.Of("V1NodeSystemInfo.ContainerRuntimeVersion"), 1),
    ];

    public static TableRow Print(JsonObject node, DateTimeOffset now)
    {
        JsonObject? info = node.Child("status").Child("nodeInfo");
        string kernel = info.Text("kernelVersion");
        string architecture = info.Text("architecture");
        return new TableRow(
        [
            MetadataColumns.NameOf(node),
            Status(node),
            Roles(node),
            MetadataColumns.AgeOf(node, now),
            info.Text("kubeletVersion"),
            Address(node, "InternalIP"),
            Address(node, "ExternalIP"),
            Or(info.Text("osImage"), Unknown),
            kernel.Length == 0 ? Unknown : architecture.Length == 0 ? kernel : $"{kernel} ({architecture})",
            Or(info.Text("containerRuntimeVersion"), Unknown),
        ]);
    }

    private static string Status(JsonObject node)
    {
        string ready = node.Child("status").Items("conditions").FirstOrDefault(c => c.Text("type") == "Ready").Text("status") switch
        {
            "" => "Unknown",
            "True" => "Ready",
            _ => "NotReady",
        };
        return node.Child("spec").Flag("unschedulable") ? ready + ",SchedulingDisabled" : ready;
    }

    private static string Roles(JsonObject node)
    {
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach ((string label, JsonNode? value) in node.Child("metadata").Child("labels") ?? [])
        {
            if (label.StartsWith(RolePrefix, StringComparison.Ordinal) && label.Length > RolePrefix.Length)
            {
                roles.Add(label[RolePrefix.Length..]);
            }
            else if (label == RoleLabel && value.AsText() is { Length: > 0 } role)
            {
                roles.Add(role);
            }
        }

        return Or(string.Join(',', roles), None);
    }

    private static string Address(JsonObject node, string type) =>
        Or(node.Child("status").Items("addresses").FirstOrDefault(a => a.Text("type") == type).Text("address"), None);

    private static string Or(string text, string otherwise) => text.Length == 0 ? otherwise : text;
}
