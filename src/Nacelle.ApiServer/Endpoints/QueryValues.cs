using System.Globalization;
using System.Numerics;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Reads query parameters with the leniency, and the errors, of the real server's conversion.</summary>
internal static class QueryValues
{
    public static string Text(this IQueryCollection query, string name) =>
        query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values) && values.Count > 0 ? values[0] ?? "" : "";

    /// <summary>Present and neither <c>false</c> nor <c>0</c> counts as true, as the real server has it.</summary>
    public static bool? Flag(this IQueryCollection query, string name)
    {
        if (!query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values) || values.Count == 0)
        {
            return null;
        }

        string value = values[0] ?? "";
        return !value.Equals("false", StringComparison.OrdinalIgnoreCase) && value != "0";
    }

    /// <exception cref="ApiStatusException">400: not a number.</exception>
    public static long? Number(this IQueryCollection query, string name)
    {
        string text = query.Text(name);
        if (text.Length == 0)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return number;
        }

        string why = BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? "value out of range" : "invalid syntax";
        throw ApiStatusException.BadRequest($"strconv.ParseInt: parsing {GoText.Quote(text)}: {why}");
    }
}
