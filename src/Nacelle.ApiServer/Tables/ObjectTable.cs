using System.Text.Json.Nodes;
using Nacelle.ApiServer.Endpoints;
using Nacelle.ApiServer.Resources;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Tables;

/// <summary>Prints objects as a <c>meta.k8s.io</c> Table.</summary>
internal static class ObjectTable
{
    /// <param name="type">Kind of the objects.</param>
    /// <param name="items">The objects; each is either copied into its row or left alone.</param>
    /// <param name="request">What the client wants.</param>
    /// <param name="now">The moment to which ages are counted.</param>
    /// <param name="listMetadata">Metadata of the list; null for a single object, whose version is taken.</param>
    /// <param name="withColumns">Whether to name the columns (a watch does so once).</param>
    public static JsonObject Of(
        ResourceType type, IEnumerable<JsonObject> items, TableRequest request, DateTimeOffset now, JsonObject? listMetadata = null, bool withColumns = true)
    {
        var rows = new JsonArray();
        JsonObject metadata = listMetadata ?? new JsonObject();
        foreach (JsonObject item in items)
        {
            if (listMetadata is null && item.Child("metadata").Text("resourceVersion") is { Length: > 0 } version)
            {
                metadata["resourceVersion"] = version;
            }

            rows.Add((JsonNode)Row(type, item, request, now));
        }

        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/" + request.MetaVersion,
            ["metadata"] = metadata,
            ["columnDefinitions"] = withColumns ? Columns(type) : null,
            ["rows"] = rows,
        };
    }

    private static JsonArray Columns(ResourceType type)
    {
        var columns = new JsonArray();
        foreach (TableColumn column in type.Columns.IsEmpty ? DefaultColumns.Columns : type.Columns)
        {
            columns.Add((JsonNode)new JsonObject
            {
                ["name"] = column.Name,
                ["type"] = column.Type,
                ["format"] = column.Format,
                ["description"] = column.Description,
                ["priority"] = column.Priority,
            });
        }

        return columns;
    }

    private static JsonObject Row(ResourceType type, JsonObject item, TableRequest request, DateTimeOffset now)
    {
        TableRow row = (type.Row ?? DefaultColumns.Print)(item, now);
        var result = new JsonObject { ["cells"] = new JsonArray([.. row.Cells]) };
        if (row.Conditions is not null)
        {
            result["conditions"] = row.Conditions;
        }

        result["object"] = request.IncludeObject switch
        {
            "None" => null,
            "Object" => item.DeepClone(),
            _ => PartialMetadata.Of(item, request.MetaVersion),
        };
        return result;
    }
}
