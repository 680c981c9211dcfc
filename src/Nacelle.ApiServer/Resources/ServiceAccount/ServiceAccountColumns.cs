using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Tables;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.ServiceAccount;

/// <summary>What <c>kubectl get serviceaccounts</c> shows.</summary>
internal static class ServiceAccountColumns
{
    public static ImmutableArray<TableColumn> Columns { get; } =
        [MetadataColumns.Name, new("Secrets", "string", "", ColumnTexts.Of("V1ServiceAccount.Secrets")), MetadataColumns.Age];

    public static TableRow Print(JsonObject item, DateTimeOffset now) =>
        new([MetadataColumns.NameOf(item), item.List("secrets")?.Count ?? 0, MetadataColumns.AgeOf(item, now)]);
}
