using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Tables;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Secret;

/// <summary>What <c>kubectl get secrets</c> shows (never a value), and its field selector.</summary>
internal static class SecretColumns
{
    public static ImmutableDictionary<string, Func<JsonObject, string>> Selectors { get; } =
        new Dictionary<string, Func<JsonObject, string>> { ["type"] = item => item.Text("type") }.ToImmutableDictionary();

    public static ImmutableArray<TableColumn> Columns { get; } =
    [
        MetadataColumns.Name,
        new("Type", "string", "", ColumnTexts.Of("V1Secret.Type")),
        new("Data", "string", "", ColumnTexts.Of("V1Secret.Data")),
        MetadataColumns.Age,
    ];

    public static TableRow Print(JsonObject item, DateTimeOffset now) =>
        new([MetadataColumns.NameOf(item), item.Text("type"), item.Child("data")?.Count ?? 0, MetadataColumns.AgeOf(item, now)]);
}
