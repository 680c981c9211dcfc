using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Tables;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Lease;

/// <summary>What <c>kubectl get leases</c> shows.</summary>
internal static class LeaseColumns
{
    public static ImmutableArray<TableColumn> Columns { get; } =
        [MetadataColumns.Name, new("Holder", "string", "", ColumnTexts.Of("V1LeaseSpec.HolderIdentity")), MetadataColumns.Age];

    public static TableRow Print(JsonObject item, DateTimeOffset now) =>
        new([MetadataColumns.NameOf(item), item.Child("spec").Text("holderIdentity"), MetadataColumns.AgeOf(item, now)]);
}
