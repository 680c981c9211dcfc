using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Reads what a list asks for, in one piece or with limit and continue.</summary>
internal static class ListQuery
{
    private const string ExpiredContinue =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    /// <exception cref="ApiStatusException">400, 410 or 504.</exception>
    public static async Task<ListResult> RunAsync(ApiRequest request, ListOptions options, ItemSelector selector)
    {
        KeyRange keys = selector.Keys(request.Path);
        if (options.ResourceVersion == "0")
        {
            // "Whatever you have": a real server answers from its cache, in one piece.
            options = options with { Limit = 0 };
        }

        if (options.Continue.Length > 0)
        {
            if (options.ResourceVersion is not ("" or "0"))
            {
                throw ApiStatusException.BadRequest("specifying resource version is not allowed when using continue");
            }

            ContinueToken token = ContinueToken.Parse(options.Continue);
            string after = Absolute(request.Path, token.After);
            return Read(request, options, selector, keys with { From = after + "\0" }, token.Revision < 0 ? 0 : token.Revision, token.After);
        }

        if (options.Revision > 0)
        {
            await RevisionWait.UntilAsync(request, (ulong)options.Revision).ConfigureAwait(false);
        }

        // A limited list at a version is that very state; otherwise any state not older will do.
        bool exact = options.Match == "Exact" || (options.Match.Length == 0 && options.Limit > 0);
        return Read(request, options, selector, keys, exact ? options.Revision : 0, continuedAfter: null);
    }

    private static ListResult Read(ApiRequest request, ListOptions options, ItemSelector selector, KeyRange keys, long revision, string? continuedAfter)
    {
        try
        {
            return selector.MatchesEverything || options.Limit == 0
                ? ReadOnce(request, options, selector, keys, revision)
                : ReadSelected(request, options, selector, keys, revision);
        }
        catch (StoreExpiredException)
        {
            throw continuedAfter is null
                ? ApiStatusException.Expired("The resourceVersion for the provided list is too old.")
                : Expired(continuedAfter);
        }
    }

    private static ListResult ReadOnce(ApiRequest request, ListOptions options, ItemSelector selector, KeyRange keys, long revision)
    {
        ListPage page = request.Services.Store.List(request.Type.StorageKind, keys, options.Limit, revision);
        if (!selector.MatchesEverything)
        {
            return new ListResult(page.Revision, [.. page.Items.Where(i => selector.Matches(i.Key, i.Json))], "", null);
        }

        return page.Remaining == 0
            ? new ListResult(page.Revision, page.Items, "", null)
            : new ListResult(page.Revision, page.Items, Token(request, page.Revision, page.Items[^1].Key), page.Remaining);
    }

    private static ListResult ReadSelected(ApiRequest request, ListOptions options, ItemSelector selector, KeyRange keys, long revision)
    {
        var items = new List<StoredObject>();
        long chunk = Math.Max(options.Limit, 100);
        while (true)
        {
            ListPage page = request.Services.Store.List(request.Type.StorageKind, keys, chunk, revision);
            revision = page.Revision;
            for (int i = 0; i < page.Items.Count; i++)
            {
                StoredObject item = page.Items[i];
                if (!selector.Matches(item.Key, item.Json))
                {
                    continue;
                }

                items.Add(item);
                if (items.Count == options.Limit)
                {
                    bool more = i + 1 < page.Items.Count || page.Remaining > 0;
                    return new ListResult(revision, items, more ? Token(request, revision, item.Key) : "", null);
                }
            }

            if (page.Remaining == 0)
            {
                return new ListResult(revision, items, "", null);
            }

            keys = keys.After(page.Items[^1].Key);
        }
    }

    private static string Token(ApiRequest request, long revision, string key) =>
        new ContinueToken(revision, Relative(request.Path, key)).ToString();

    private static string Relative(RequestPath path, string key) => path.Namespace.Length == 0 ? key : key[(path.Namespace.Length + 1)..];

    private static string Absolute(RequestPath path, string key) => path.Namespace.Length == 0 ? key : $"{path.Namespace}/{key}";

    private static ApiStatusException Expired(string after) => new(ApiStatusException.Expired(ExpiredContinue).Status with
    {
        Continue = new ContinueToken(-1, after).ToString(),
    });
}
