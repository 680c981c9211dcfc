using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Storage;
using Nacelle.ApiServer.Tables;

namespace Nacelle.ApiServer.Endpoints;

/// <summary><c>GET</c> of a collection. Without a Table or another version to make, the stored bytes are joined unread.</summary>
internal static class ListEndpoint
{
    // Flush when this much is waiting, so that a long list does not stand in memory twice.
    private const int FlushAt = 64 * 1024;

    public static async Task HandleAsync(ApiRequest request)
    {
        Representation representation = ContentNegotiation.ForObject(request.Http.Request);
        ListOptions options = ListOptions.Read(request.Http.Request, request.Path.Watch);
        var selector = new ItemSelector(request.Type, options.Labels, options.Fields);
        if (options.Watch)
        {
            await WatchEndpoint.HandleAsync(request, options, selector).ConfigureAwait(false);
            return;
        }

        ListResult result = await ListQuery.RunAsync(request, options, selector).ConfigureAwait(false);
        await WriteAsync(request, representation, result).ConfigureAwait(false);
    }

    public static Task WriteAsync(ApiRequest request, Representation representation, ListResult result)
    {
        bool partial = representation.Transformation is Transformation.PartialObjectMetadata or Transformation.PartialObjectMetadataList;
        bool raw = !representation.Yaml && representation.Transformation != Transformation.Table
            && (partial || request.Type.FromStorage is null) && !ResponseWriter.WantsIndent(request.Http.Request);
        return raw
            ? WriteRawAsync(request, representation, result, partial)
            : ResponseWriter.WriteDocumentAsync(request.Http, representation, Document(request, representation, result, partial));
    }

    private static async Task WriteRawAsync(ApiRequest request, Representation representation, ListResult result, bool partial)
    {
        HttpResponse response = request.Http.Response;
        response.ContentType = "application/json";
        PipeWriter writer = response.BodyWriter;
        string kind = partial ? "PartialObjectMetadataList" : request.Type.Kind + "List";
        string version = partial ? "meta.k8s.io/" + representation.MetaVersion : request.Type.ApiVersion;
        string items = partial && result.Items.Count == 0 ? "null}" : "[";
        Write(writer, Encoding.UTF8.GetBytes($"{{\"kind\":\"{kind}\",\"apiVersion\":\"{version}\",\"metadata\":{Metadata(result).ToJsonString()},\"items\":{items}"));
        byte[] itemPrefix = partial
            ? Encoding.UTF8.GetBytes($"{{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"{version}\",\"metadata\":")
            : [];
        bool first = true;
        foreach (StoredObject item in result.Items)
        {
            if (!first)
            {
                Write(writer, ","u8);
            }

            first = false;
            Write(writer, itemPrefix);
            Write(writer, partial ? PartialMetadata.Slice(item.Json).Span : item.Json);
            Write(writer, partial ? "}"u8 : default);
            if (writer.UnflushedBytes > FlushAt)
            {
                await writer.FlushAsync(request.Aborted).ConfigureAwait(false);
            }
        }

        Write(writer, items == "[" ? "]}"u8 : default);
        await writer.FlushAsync(request.Aborted).ConfigureAwait(false);
    }

    private static JsonObject Document(ApiRequest request, Representation representation, ListResult result, bool partial)
    {
        ResourceType type = request.Type;
        if (representation.Transformation == Transformation.Table)
        {
            return ObjectTable.Of(
                type, result.Items.Select(i => StorageForm.Read(type, i.Json)), TableRequest.Read(request.Http.Request, representation),
                request.Services.Clock.GetUtcNow(), Metadata(result));
        }

        var items = new JsonArray();
        foreach (StoredObject stored in result.Items)
        {
            JsonObject item = StorageForm.Read(type, stored.Json);
            if (partial)
            {
                item = PartialMetadata.Of(item, representation.MetaVersion);
            }
            else
            {
                item.Remove("kind");
                item.Remove("apiVersion");
            }

            items.Add((JsonNode)item);
        }

        return new JsonObject
        {
            ["kind"] = partial ? "PartialObjectMetadataList" : type.Kind + "List",
            ["apiVersion"] = partial ? "meta.k8s.io/" + representation.MetaVersion : type.ApiVersion,
            ["metadata"] = Metadata(result),
            ["items"] = partial && items.Count == 0 ? null : items,
        };
    }

    private static JsonObject Metadata(ListResult result)
    {
        var metadata = new JsonObject { ["resourceVersion"] = result.Revision.ToString(CultureInfo.InvariantCulture) };
        if (result.Continue.Length > 0)
        {
            metadata["continue"] = result.Continue;
        }

        if (result.Remaining is { } remaining)
        {
            metadata["remainingItemCount"] = remaining;
        }

        return metadata;
    }

    private static void Write(PipeWriter writer, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 0)
        {
            bytes.CopyTo(writer.GetSpan(bytes.Length));
            writer.Advance(bytes.Length);
        }
    }
}
