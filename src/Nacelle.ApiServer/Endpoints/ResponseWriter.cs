using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Tables;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Writes answers in the negotiated form. The common one, JSON as stored, is copied and not parsed.</summary>
internal static class ResponseWriter
{
    private static readonly JsonWriterOptions Indented =
        new() { Indented = true, IndentSize = 2, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>One object from the store.</summary>
    public static Task WriteObjectAsync(ApiRequest request, Representation representation, int code, byte[] stored)
    {
        ResourceType type = request.Type;
        HttpContext http = request.Http;
        http.Response.StatusCode = code;
        WarningHeaders.Add(http.Response, request.Warnings);
        bool raw = !representation.Yaml && representation.Transformation == Transformation.None && type.FromStorage is null && !WantsIndent(http.Request);
        return raw
            ? WriteRawAsync(http.Response, ObjectPrefix.Of(type), stored)
            : WriteDocumentAsync(http, representation, Transform(request, representation, StorageForm.Read(type, stored)));
    }

    /// <summary>One object that is at hand as a document.</summary>
    public static Task WriteObjectAsync(ApiRequest request, Representation representation, int code, JsonObject item)
    {
        request.Http.Response.StatusCode = code;
        WarningHeaders.Add(request.Http.Response, request.Warnings);
        return WriteDocumentAsync(request.Http, representation, Transform(request, representation, item));
    }

    /// <summary>A document that is no object of a kind, such as a Status.</summary>
    public static async Task WriteDocumentAsync(HttpContext http, Representation representation, JsonObject document)
    {
        http.Response.ContentType = representation.ContentType;
        byte[] bytes = representation.Yaml ? YamlWriter.Write(document) : ToJson(document, WantsIndent(http.Request));
        http.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the answer is for human eyes: asked for, or a browser or command line tool that did not say.</summary>
    public static bool WantsIndent(HttpRequest request)
    {
        string pretty = request.Query.Text("pretty");
        if (pretty.Length > 0)
        {
            return pretty is "1" or "true";
        }

        string agent = request.Headers.UserAgent.ToString();
        return agent.StartsWith("curl", StringComparison.Ordinal) || agent.StartsWith("Wget", StringComparison.Ordinal)
            || agent.StartsWith("Mozilla/5.0", StringComparison.Ordinal);
    }

    public static byte[] ToJson(JsonNode document, bool indented)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, indented ? Indented : JsonText.Writer))
        {
            document.WriteTo(writer, JsonText.Compact);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static JsonObject Transform(ApiRequest request, Representation representation, JsonObject item) => representation.Transformation switch
    {
        Transformation.Table => ObjectTable.Of(request.Type, [item], TableRequest.Read(request.Http.Request, representation), request.Services.Clock.GetUtcNow()),
        Transformation.PartialObjectMetadata or Transformation.PartialObjectMetadataList => PartialMetadata.Of(item, representation.MetaVersion),
        _ => item,
    };

    private static async Task WriteRawAsync(HttpResponse response, ReadOnlyMemory<byte> prefix, byte[] stored)
    {
        response.ContentType = "application/json";
        response.ContentLength = prefix.Length + stored.Length - 1;
        System.IO.Pipelines.PipeWriter writer = response.BodyWriter;
        Span<byte> target = writer.GetSpan(prefix.Length + stored.Length);
        prefix.Span.CopyTo(target);
        stored.AsSpan(1).CopyTo(target[prefix.Length..]);
        writer.Advance(prefix.Length + stored.Length - 1);
        await writer.FlushAsync(response.HttpContext.RequestAborted).ConfigureAwait(false);
    }
}
