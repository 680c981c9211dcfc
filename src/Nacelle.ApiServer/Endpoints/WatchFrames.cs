using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Tables;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Writes the frames of one watch: a line of JSON an event, in the form that the client negotiated.</summary>
internal sealed class WatchFrames(ApiRequest request, Representation representation, IBufferWriter<byte> output)
{
    private readonly ResourceType type = request.Type;
    private bool columnsSent;

    public void Event(string change, byte[] stored)
    {
        if (representation.Transformation == Transformation.None && type.FromStorage is null)
        {
            Open(change);
            Write(ObjectPrefix.Of(type).Span);
            Write(stored.AsSpan(1));
            Close();
            return;
        }

        Document(change, Transform(StorageForm.Read(type, stored)));
    }

    /// <summary>Says how far the watch has come; <paramref name="initialEnd"/> ends the initial state.</summary>
    public void Bookmark(long revision, bool initialEnd)
    {
        var metadata = new JsonObject
        {
            ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture),
            ["creationTimestamp"] = null,
        };
        if (initialEnd)
        {
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        Document("BOOKMARK", Transform(new JsonObject { ["kind"] = type.Kind, ["apiVersion"] = type.ApiVersion, ["metadata"] = metadata }));
    }

    public void Error(JsonObject status) => Document("ERROR", status);

    private JsonObject Transform(JsonObject item)
    {
        switch (representation.Transformation)
        {
            case Transformation.Table:
                JsonObject table = ObjectTable.Of(
                    type, [item], TableRequest.Read(request.Http.Request, representation), request.Services.Clock.GetUtcNow(), withColumns: !columnsSent);
                columnsSent = true;
                return table;
            case Transformation.None:
                return item;
            default:
                return PartialMetadata.Of(item, representation.MetaVersion);
        }
    }

    private void Document(string change, JsonObject document)
    {
        Open(change);
        Write(ResponseWriter.ToJson(document, indented: false));
        Close();
    }

    private void Open(string change) => Write(Encoding.ASCII.GetBytes($"{{\"type\":\"{change}\",\"object\":"));

    private void Close() => Write("}\n"u8);

    private void Write(ReadOnlySpan<byte> bytes) => output.Write(bytes);
}
