using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Protobuf;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Reads request bodies, bounded as the real server bounds them.</summary>
internal static class BodyReader
{
    /// <summary>Largest body in bytes.</summary>
    public const int MaxLength = 3 * 1024 * 1024;

    /// <exception cref="ApiStatusException">413, or 400 for a body that breaks HTTP's rules.</exception>
    /// <exception cref="ClientLeftException">The rest of the body will never come.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MaxLength)
        {
            throw TooLarge();
        }

        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        byte[] chunk = new byte[16 * 1024];
        int read;
        while ((read = await ReadAsync(request, chunk).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + read > MaxLength)
            {
                throw TooLarge();
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.Capacity == buffer.Length ? buffer.GetBuffer() : buffer.ToArray();
    }

    private static async Task<int> ReadAsync(HttpRequest request, byte[] chunk)
    {
        try
        {
            return await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            throw ApiStatusException.BadRequest(e.Message);
        }
        catch (IOException e)
        {
            throw new ClientLeftException(e);
        }
    }

    /// <summary>Reads and decodes an object of a kind.</summary>
    /// <exception cref="ApiStatusException">413, 415 or 400.</exception>
    public static async Task<JsonObject> ReadObjectAsync(
        HttpRequest request, ObjectSchema schema, FieldValidation validation, ICollection<string> warnings)
    {
        string mediaType = MediaType(request);
        if (mediaType == ProtobufBody.MediaType)
        {
            byte[] message = await ReadAsync(request).ConfigureAwait(false);
            return RequestBody.Decode(ProtobufBody.ToJson(message, schema), BodyFormat.Json, schema, validation, warnings);
        }

        BodyFormat format = Format(request);
        byte[] body = await ReadAsync(request).ConfigureAwait(false);
        return RequestBody.Decode(body, format, schema, validation, warnings);
    }

    /// <summary>The media type without parameters; empty where there is none.</summary>
    public static string MediaType(HttpRequest request)
    {
        string type = request.ContentType ?? "";
        int semicolon = type.IndexOf(';', StringComparison.Ordinal);
        return (semicolon < 0 ? type : type[..semicolon]).Trim();
    }

    public static BodyFormat Format(HttpRequest request) => MediaType(request) switch
    {
        "" when string.IsNullOrEmpty(request.ContentType) => BodyFormat.Json,
        "application/json" => BodyFormat.Json,
        "application/yaml" => BodyFormat.Yaml,
        _ => throw ApiStatusException.UnsupportedMediaType(
            "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf"),
    };

    private static ApiStatusException TooLarge() =>
        ApiStatusException.RequestEntityTooLarge($"limit is {MaxLength}");
}
