using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Tables;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Namespace;

/// <summary>What <c>kubectl get namespaces</c> shows, and its field selector.</summary>
internal static class NamespaceColumns
{
    public static ImmutableDictionary<string, Func<JsonObject, string>> Selectors { get; } =
        new Dictionary<string, Func<JsonObject, string>>
        {
            ["status.phase"] = item => item.Child("status").Text("phase"),
        }.ToImmutableDictionary();

    public static ImmutableArray<TableColumn> Columns { get; } =
        [MetadataColumns.Name, new("Status", "string", "", "The status of the namespace"), MetadataColumns.Age];

    public static TableRow Print(JsonObject item, DateTimeOffset now) =>
        new([MetadataColumns.NameOf(item), item.Child("status").Text("phase"), MetadataColumns.AgeOf(item, now)]);
}
