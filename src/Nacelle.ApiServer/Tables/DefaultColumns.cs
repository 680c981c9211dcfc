using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Tables;

/// <summary>Name and time of creation: what a kind without columns of its own shows.</summary>
internal static class DefaultColumns
{
    public static ImmutableArray<TableColumn> Columns { get; } =
        [MetadataColumns.Name, new("Created At", "date", "", MetadataColumns.Age.Description)];

    public static TableRow Print(JsonObject item, DateTimeOffset now) =>
        new([MetadataColumns.NameOf(item), item.Child("metadata").Text("creationTimestamp")]);
}
