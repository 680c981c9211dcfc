using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.ManagedFields;

/// <summary>One entry of <c>metadata.managedFields</c>: who owns which fields, by which kind of write.</summary>
internal sealed record FieldEntry
{
    public required string Manager { get; init; }

    /// <summary><c>Apply</c> or <c>Update</c>.</summary>
    public required string Operation { get; init; }

    public required string ApiVersion { get; init; }

    /// <summary>Empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    public string Time { get; init; } = "";

    public required FieldSet Fields { get; init; }

    /// <summary>Whether it speaks of the same writer in the same way.</summary>
    public bool IsSame(FieldEntry other) => Manager == other.Manager && Operation == other.Operation
        && ApiVersion == other.ApiVersion && Subresource == other.Subresource;

    /// <summary>The entries of an object; those that cannot be read are dropped, all of them, as the reference server does.</summary>
    public static List<FieldEntry> Read(JsonObject? metadata)
    {
        List<FieldEntry> entries = [];
        foreach (JsonObject entry in metadata.Items("managedFields"))
        {
            if (entry.Text("operation") is not ("Apply" or "Update") || entry.Text("fieldsType") != "FieldsV1")
            {
                return [];
            }

            entries.Add(new FieldEntry
            {
                Manager = entry.Text("manager"),
                Operation = entry.Text("operation"),
                ApiVersion = entry.Text("apiVersion"),
                Subresource = entry.Text("subresource"),
                Time = entry.Text("time"),
                Fields = FieldSet.FromJson(entry.Child("fieldsV1")),
            });
        }

        return entries;
    }

    public JsonObject ToJson()
    {
        var document = new JsonObject { ["manager"] = Manager, ["operation"] = Operation, ["apiVersion"] = ApiVersion };
        if (Time.Length > 0)
        {
            document["time"] = Time;
        }

        document["fieldsType"] = "FieldsV1";
        document["fieldsV1"] = Fields.ToJson();
        if (Subresource.Length > 0)
        {
            document["subresource"] = Subresource;
        }

        return document;
    }
}
