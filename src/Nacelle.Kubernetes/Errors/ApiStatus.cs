using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Errors;

/// <summary>The document <c>Status</c> (meta/v1) in the field order and with the omissions of the reference server.</summary>
public sealed record ApiStatus
{
    /// <summary>The HTTP status code.</summary>
    public required int Code { get; init; }

    /// <summary><c>Success</c> or <c>Failure</c>.</summary>
    public string Status { get; init; } = "Failure";

    public string Reason { get; init; } = "";

    public string Message { get; init; } = "";

    /// <summary>Token with which an expired list can go on, inconsistently; empty for none.</summary>
    public string Continue { get; init; } = "";

    public StatusDetails? Details { get; init; }

    /// <summary>A fresh document that the caller owns.</summary>
    public JsonObject ToJson()
    {
        var document = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = Continue.Length > 0 ? new JsonObject { ["continue"] = Continue } : new JsonObject(),
            ["status"] = Status,
        };
        AddText(document, "message", Message);
        AddText(document, "reason", Reason);
        if (Details is not null)
        {
            document["details"] = DetailsToJson(Details);
        }

        if (Status != "Success" || Code is not 200)
        {
            document["code"] = Code;
        }

        return document;
    }

    private static JsonObject DetailsToJson(StatusDetails details)
    {
        var document = new JsonObject();
        AddText(document, "name", details.Name);
        AddText(document, "group", details.Group);
        AddText(document, "kind", details.Kind);
        AddText(document, "uid", details.Uid);
        if (details.Causes.Count > 0)
        {
            var causes = new JsonArray();
            foreach (StatusCause cause in details.Causes)
            {
                var entry = new JsonObject();
                AddText(entry, "reason", cause.Reason);
                AddText(entry, "message", cause.Message);
                AddText(entry, "field", cause.Field);
                causes.Add((JsonNode)entry);
            }

            document["causes"] = causes;
        }

        if (details.RetryAfterSeconds > 0)
        {
            document["retryAfterSeconds"] = details.RetryAfterSeconds;
        }

        return document;
    }

    private static void AddText(JsonObject document, string name, string value)
    {
        if (value.Length > 0)
        {
            document[name] = value;
        }
    }
}
