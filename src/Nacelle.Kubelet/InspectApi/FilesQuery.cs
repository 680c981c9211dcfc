using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Nacelle.Inspect.Files;
using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>The parameters of <c>pods/files</c>.</summary>
internal sealed record FilesQuery
{
    public required FilesOperation Operation { get; init; }

    /// <summary><c>path</c>; or <c>rawPath</c>, in base64, for one that is no UTF-8.</summary>
    public required byte[] Path { get; init; }

    /// <summary>Null for the Pod's only container.</summary>
    public string? Container { get; init; }

    /// <summary>List: entries at most.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>List: the token that an earlier list ended with.</summary>
    public string? Continue { get; init; }

    /// <summary>Read: bytes from the file's start.</summary>
    public long Offset { get; init; }

    /// <summary>Read: bytes at most.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;

    /// <summary>The path for messages.</summary>
    public string Shown => EscapedText.Of(Path);

    /// <exception cref="ApiStatusException">400: a parameter is missing or means nothing.</exception>
    public static FilesQuery Read(IQueryCollection query) => new()
    {
        Operation = query["operation"].ToString() switch
        {
            "stat" => FilesOperation.Stat,
            "list" => FilesOperation.List,
            "read" => FilesOperation.Read,
            var other => throw ApiStatusException.BadRequest($"operation: {GoText.Quote(other)}: expected stat, list or read"),
        },
        Path = ReadPath(query),
        Container = query["container"].ToString() is { Length: > 0 } name ? name : null,
        Limit = Number(query, "limit") is { } limit and > 0 ? limit : long.MaxValue,
        Continue = query["continue"].ToString() is { Length: > 0 } token ? token : null,
        Offset = Number(query, "offset") ?? 0,
        MaxBytes = Number(query, "maxBytes") ?? long.MaxValue,
    };

    private static byte[] ReadPath(IQueryCollection query)
    {
        var (path, raw) = (query["path"].ToString(), query["rawPath"].ToString());
        if ((path.Length == 0) == (raw.Length == 0))
        {
            throw ApiStatusException.BadRequest("path: expected one, or rawPath in its place");
        }

        try
        {
            return path.Length > 0 ? Encoding.UTF8.GetBytes(path) : Convert.FromBase64String(raw);
        }
        catch (FormatException)
        {
            throw ApiStatusException.BadRequest($"rawPath: {GoText.Quote(raw)}: expected base64");
        }
    }

    private static long? Number(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw ApiStatusException.BadRequest($"{name}: {GoText.Quote(text)}: expected a number, 0 or more"),
    };
}
