using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Selectors;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>What the query of a list or watch of processes says.</summary>
internal sealed record ProcessQuery
{
    private static readonly ImmutableArray<string> SelectableFields =
        ["metadata.name", "metadata.namespace", "status.podName", "status.containerName", "status.state", "status.user"];

    public required LabelSelector Labels { get; init; }

    public required FieldSelector Fields { get; init; }

    /// <summary>0 for all.</summary>
    public required long Limit { get; init; }

    /// <summary>The key after which a list goes on; empty for its start.</summary>
    public required string After { get; init; }

    public required bool Watch { get; init; }

    /// <summary>Where a watch begins, and what a list must not be older than; null or 0 for the present state.</summary>
    public required long? Revision { get; init; }

    /// <summary>Whether a list must be of that very revision: of a past one nothing is kept.</summary>
    public required bool Exact { get; init; }

    public required bool? SendInitialEvents { get; init; }

    public required bool AllowBookmarks { get; init; }

    public required TimeSpan? Timeout { get; init; }

    /// <summary>Whether Tables are asked for, first of what we have.</summary>
    public required bool Table { get; init; }

    /// <summary><c>None</c>, <c>Metadata</c> or <c>Object</c>: what each row carries.</summary>
    public required string IncludeObject { get; init; }

    /// <exception cref="ApiStatusException">400 or 406.</exception>
    public static ProcessQuery Read(HttpRequest request)
    {
        var query = request.Query;
        var fields = Parse(() => FieldSelector.Parse(query["fieldSelector"].ToString()));
        if (fields.Terms.FirstOrDefault(term => !SelectableFields.Contains(term.Field)) is { } unknown)
        {
            throw ApiStatusException.BadRequest($"field label not supported: {unknown.Field}");
        }

        var include = query["includeObject"].ToString();
        return new ProcessQuery
        {
            Labels = Parse(() => LabelSelector.Parse(query["labelSelector"].ToString())),
            Fields = fields,
            Limit = Math.Max(0, Number(query, "limit") ?? 0),
            After = ReadContinue(query["continue"].ToString()),
            Watch = Flag(query, "watch") == true,
            Revision = Number(query, "resourceVersion"),
            Exact = query["resourceVersionMatch"].ToString() == "Exact",
            SendInitialEvents = Flag(query, "sendInitialEvents"),
            AllowBookmarks = Flag(query, "allowWatchBookmarks") == true,
            Timeout = Number(query, "timeoutSeconds") is > 0 and var seconds ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400)) : null,
            Table = WantsTable(request),
            IncludeObject = include switch
            {
                "" => "Metadata",
                "None" or "Metadata" or "Object" => include,
                _ => throw ApiStatusException.BadRequest(
                    $"Unable to convert to Table as requested: includeObject: Invalid value: {GoText.Quote(include)}: must be 'Metadata', 'Object', 'None', or empty"),
            },
        };
    }

    /// <summary>Whether the process is asked for: its namespace, labels and fields.</summary>
    public bool Matches(InspectRequest request, IndexedProcess process)
    {
        var value = process.Value;
        return (request.Namespace.Length == 0 || value.Container.Pod.Namespace == request.Namespace)
            && Labels.Matches(value.Container.Pod.Labels)
            && Fields.Matches(field => field switch
            {
                "metadata.name" => value.Name,
                "metadata.namespace" => value.Container.Pod.Namespace,
                "status.podName" => value.Container.Pod.Name,
                "status.containerName" => value.Container.Name,
                "status.state" => value.Process.State.ToString(),
                _ => request.Services.Users.Find(value.Container, value.Process.Uid),
            });
    }

    /// <summary>Where a list goes on after this process.</summary>
    public static string ContinueAfter(IndexedProcess process) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(KeyOf(process)));

    /// <summary>A text that sorts as the list does.</summary>
    public static string KeyOf(IndexedProcess process)
    {
        var container = process.Value.Container;
        return string.Create(CultureInfo.InvariantCulture, $"{container.Pod.Namespace}\n{container.Pod.Name}\n{container.Name}\n{process.Value.Pid:d10}");
    }

    private static string ReadContinue(string token)
    {
        try
        {
            var key = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            return key.Length == 0 || key.Count(c => c == '\n') == 3 ? key : throw new FormatException("not a key of this list");
        }
        catch (FormatException e)
        {
            throw ApiStatusException.BadRequest($"invalid continue token: continue key is not valid: {e.Message}");
        }
    }

    /// <exception cref="ApiStatusException">406: neither JSON nor a Table is taken.</exception>
    private static bool WantsTable(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        foreach (var range in MediaRange.ParseAll(accept.Length == 0 ? "*/*" : accept))
        {
            if (range.Type is "application/json" or "*/*" or "application/*" or "application/vnd.kubernetes.protobuf")
            {
                switch (range["as"])
                {
                    case null or "":
                        return false;
                    case "Table" when range["g"] == "meta.k8s.io" && range["v"] == "v1":
                        return true;
                }
            }
        }

        throw ApiStatusException.NotAcceptable("only the following media types are accepted: application/json");
    }

    private static T Parse<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException e)
        {
            throw ApiStatusException.BadRequest(e.Message);
        }
    }

    private static long? Number(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" => null,
        var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw ApiStatusException.BadRequest($"invalid value for {name}: {GoText.Quote(text)} is not a number"),
    };

    private static bool? Flag(IQueryCollection query, string name) => query[name].ToString().ToLowerInvariant() switch
    {
        "" => query.ContainsKey(name) ? true : null,
        "1" or "t" or "true" => true,
        "0" or "f" or "false" => false,
        var text => throw ApiStatusException.BadRequest($"invalid value for {name}: {GoText.Quote(text)} is not a boolean"),
    };
}
