using System.Text.Json.Nodes;
using Nacelle.ApiServer.ManagedFields;

namespace Nacelle.ApiServer.Admission;

/// <summary>Records in <c>metadata.managedFields</c> who set what.</summary>
/// <param name="request">The write.</param>
/// <param name="item">The object as it shall be.</param>
/// <param name="old">The object as it was, or null on creation.</param>
/// <param name="now">The time of the entry.</param>
internal delegate void RecordFields(WriteRequest request, JsonObject item, JsonObject? old, DateTimeOffset now);

/// <summary>How a write's fields get their owner.</summary>
internal sealed class FieldOwner(RecordFields record)
{
    /// <summary>The fields that differ from before belong to the request's field manager.</summary>
    public static FieldOwner Update { get; } = new(static (request, item, old, now) => FieldManager.RecordUpdate(
        item, old, request.Type.Schema, request.Options.FieldManager, request.Subresource?.Name ?? "", Resets(request), now));

    /// <summary>The change has recorded its owner itself (server-side apply).</summary>
    public static FieldOwner Recorded { get; } = new(static (_, _, _, _) => { });

    /// <summary>Parts that the request's path does not write, whatever the body says of them.</summary>
    private static string[] Resets(WriteRequest request) => request.Subresource?.Name switch
    {
        "status" => ["f:spec"],
        null when request.Type.Subresources.Any(sub => sub.Name == "status") => ["f:status"],
        _ => [],
    };

    public void Record(WriteRequest request, JsonObject item, JsonObject? old, DateTimeOffset now) => record(request, item, old, now);
}
