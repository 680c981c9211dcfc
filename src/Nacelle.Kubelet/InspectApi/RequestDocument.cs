using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>Bodies of requests: small JSON documents.</summary>
internal static class RequestDocument
{
    private const int Longest = 64 * 1024;

    /// <summary>An object; null for an empty body.</summary>
    /// <exception cref="ApiStatusException">400, 413 or 415.</exception>
    public static async Task<JsonElement?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = new byte[Longest + 1];
        var total = 0;
        int read;
        while (total < buffer.Length && (read = await request.Body.ReadAsync(buffer.AsMemory(total), cancellationToken).ConfigureAwait(false)) > 0)
        {
            total += read;
        }

        if (total == 0)
        {
            return null;
        }

        if (total > Longest)
        {
            throw ApiStatusException.BadRequest($"the body is longer than {Longest} bytes");
        }

        if (request.ContentType is { Length: > 0 } type && !type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            throw ApiStatusException.UnsupportedMediaType($"the body of the request was in an unknown format - accepted media types include: application/json");
        }

        try
        {
            using var document = JsonDocument.Parse(buffer.AsMemory(0, total), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw ApiStatusException.BadRequest("the body is no JSON object");
        }
        catch (JsonException e)
        {
            throw ApiStatusException.BadRequest($"the body is no JSON document: {e.Message}");
        }
    }

    /// <exception cref="ApiStatusException">400: of another type.</exception>
    public static string? Text(JsonElement? parent, string name) => Child(parent, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw ApiStatusException.BadRequest($"{name}: not a string"),
    };

    /// <exception cref="ApiStatusException">400: of another type.</exception>
    public static long? Number(JsonElement? parent, string name) => Child(parent, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var value) => value,
        _ => throw ApiStatusException.BadRequest($"{name}: not an integer"),
    };

    /// <exception cref="ApiStatusException">400: of another type.</exception>
    public static bool Flag(JsonElement? parent, string name) => Child(parent, name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => throw ApiStatusException.BadRequest($"{name}: not a boolean"),
    };

    /// <summary>Null for an absent one, and for a null.</summary>
    public static JsonElement? Child(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var child) && child.ValueKind != JsonValueKind.Null ? child : null;
}
