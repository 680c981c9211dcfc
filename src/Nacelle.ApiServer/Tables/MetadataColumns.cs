using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Tables;

/// <summary>Columns that nearly every kind has.</summary>
internal static class MetadataColumns
{
    public static TableColumn Name { get; } = new("Name", "string", "name", ColumnTexts.Of("V1ObjectMeta.Name"));

    public static TableColumn Age { get; } = new("Age", "string", "", ColumnTexts.Of("V1ObjectMeta.CreationTimestamp"));

    public static string NameOf(JsonObject item) => item.Child("metadata").Text("name");

    public static string AgeOf(JsonObject item, DateTimeOffset now) => HumanDuration.Since(item.Child("metadata").Text("creationTimestamp"), now);
}
