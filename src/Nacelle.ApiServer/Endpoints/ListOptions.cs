using System.Globalization;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Selectors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>What the query of a list, watch or deletecollection says.</summary>
internal sealed record ListOptions
{
    public required LabelSelector Labels { get; init; }

    public required FieldSelector Fields { get; init; }

    /// <summary>As given; empty for none.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary><see cref="ResourceVersion"/> as a number; 0 for none and for "0".</summary>
    public required long Revision { get; init; }

    /// <summary><c>Exact</c>, <c>NotOlderThan</c> or empty.</summary>
    public required string Match { get; init; }

    /// <summary>The most items to give; 0 for all.</summary>
    public required long Limit { get; init; }

    public required string Continue { get; init; }

    public required bool Watch { get; init; }

    public required bool AllowBookmarks { get; init; }

    public required bool? SendInitialEvents { get; init; }

    /// <summary>Length of a watch; null for the server's choice.</summary>
    public required TimeSpan? Timeout { get; init; }

    /// <param name="request">The request.</param>
    /// <param name="watchPath">Whether the path itself asks for a watch.</param>
    /// <exception cref="ApiStatusException">400 or 422.</exception>
    public static ListOptions Read(HttpRequest request, bool watchPath)
    {
        IQueryCollection query = request.Query;
        LabelSelector labels = Parse(() => LabelSelector.Parse(query.Text("labelSelector")));
        FieldSelector fields = Parse(() => FieldSelector.Parse(query.Text("fieldSelector")));
        bool watch = watchPath || (query.Flag("watch") ?? false);
        long limit = query.Number("limit") ?? 0;
        var options = new ListOptions
        {
            Labels = labels,
            Fields = fields,
            ResourceVersion = query.Text("resourceVersion"),
            Revision = 0,
            Match = query.Text("resourceVersionMatch"),
            Limit = Math.Max(0, limit),
            Continue = query.Text("continue"),
            Watch = watch,
            AllowBookmarks = query.Flag("allowWatchBookmarks") ?? false,
            SendInitialEvents = query.Flag("sendInitialEvents"),
            Timeout = query.Number("timeoutSeconds") is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        ListOptionsRules.Check(options);
        return options with { Revision = ParseRevision(options.ResourceVersion) };
    }

    private static long ParseRevision(string text)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong revision)
            ? (long)Math.Min(revision, long.MaxValue)
            : throw ApiStatusException.BadRequest(
                $"invalid resource version: resourceVersion: Invalid value: {GoText.Quote(text)}: strconv.ParseUint: parsing {GoText.Quote(text)}: invalid syntax");
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
}
