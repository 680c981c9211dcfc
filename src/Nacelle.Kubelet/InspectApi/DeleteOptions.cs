using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>What a <c>DeleteOptions</c> asks for; without a body the query says it (Kubernetes API reference, "DeleteOptions").</summary>
/// <param name="GracePeriodSeconds">Null for the Pod's own.</param>
/// <param name="DryRun">Whether nothing must happen.</param>
/// <param name="Uid">The only UID that may be deleted; null for any.</param>
/// <param name="ResourceVersion">The only version that may be deleted; null for any.</param>
internal sealed record DeleteOptions(long? GracePeriodSeconds, bool DryRun, string? Uid, string? ResourceVersion)
{
    /// <exception cref="ApiStatusException">400: a field of another type, or a dry run that is not of all.</exception>
    public static DeleteOptions Read(IQueryCollection query, JsonElement? body)
    {
        var preconditions = RequestDocument.Child(body, "preconditions");
        return new DeleteOptions(
            body is null ? Number(query["gracePeriodSeconds"].ToString()) : RequestDocument.Number(body, "gracePeriodSeconds"),
            IsDryRun(body is null ? [.. query["dryRun"]] : Texts(RequestDocument.Child(body, "dryRun"))),
            RequestDocument.Text(preconditions, "uid"),
            RequestDocument.Text(preconditions, "resourceVersion"));
    }

    private static bool IsDryRun(string?[] values) => values.FirstOrDefault(v => v != "All") is { } other
        ? throw ApiStatusException.BadRequest($"dryRun: \"{other}\" is not \"All\"")
        : values.Length > 0;

    private static string?[] Texts(JsonElement? list) => list switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } array when array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. array.EnumerateArray().Select(item => item.GetString())],
        _ => throw ApiStatusException.BadRequest("dryRun: not a list of strings"),
    };

    private static long? Number(string text) => text.Length == 0 ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw ApiStatusException.BadRequest($"gracePeriodSeconds: \"{text}\" is not a number");
}
