using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Tables;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.ConfigMap;

/// <summary>What <c>kubectl get configmaps</c> shows.</summary>
internal static class ConfigMapColumns
{
    public static ImmutableArray<TableColumn> Columns { get; } =
        [MetadataColumns.Name, new("Data", "string", "", ColumnTexts.Of("V1ConfigMap.Data")), MetadataColumns.Age];

    public static TableRow Print(JsonObject item, DateTimeOffset now)
    {
        int keys = (item.Child("data")?.Count ?? 0) + (item.Child("binaryData")?.Count ?? 0);
        return new TableRow([MetadataColumns.NameOf(item), keys, MetadataColumns.AgeOf(item, now)]);
    }
}
