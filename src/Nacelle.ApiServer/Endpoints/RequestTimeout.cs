using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>The query parameter <c>timeout</c> of any request. Nothing here takes long enough to be cut off by it; nonsense is refused.</summary>
internal static partial class RequestTimeout
{
    /// <exception cref="ApiStatusException">400: not a length of time such as <c>1m30s</c>.</exception>
    public static void Check(IQueryCollection query)
    {
        string text = query.Text("timeout");
        if (text.Length > 0 && !Duration().IsMatch(text))
        {
            throw ApiStatusException.BadRequest(
                $"invalid timeout specified in the request URL - time: invalid duration {GoText.Quote(text)}");
        }
    }

    [GeneratedRegex(@"^[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
