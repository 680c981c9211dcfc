using System.Globalization;

namespace Nacelle.Kubernetes;

/// <summary>One clause of an <c>Accept</c> header.</summary>
/// <param name="Type">Media type without parameters, lower case.</param>
/// <param name="Parameters">Its parameters but for <c>q</c>.</param>
/// <param name="Quality">0 to 1.</param>
public sealed record MediaRange(string Type, IReadOnlyList<KeyValuePair<string, string>> Parameters, double Quality)
{
    /// <summary>The clauses, best first, in their own order among equals.</summary>
    public static IReadOnlyList<MediaRange> ParseAll(string accept) =>
        [.. accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse).OrderByDescending(r => r.Quality)];

    /// <summary>The value of a parameter, or null.</summary>
    public string? this[string name] => Parameters.FirstOrDefault(p => p.Key == name).Value;

    private static MediaRange Parse(string clause)
    {
        string[] parts = clause.Split(';', StringSplitOptions.TrimEntries);
        var parameters = new List<KeyValuePair<string, string>>();
        double quality = 1;
        foreach (string part in parts.AsSpan(1))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? part : part[..equals].TrimEnd();
            string value = equals < 0 ? "" : part[(equals + 1)..].Trim().Trim('"');
            if (name == "q")
            {
                quality = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double q) ? q : 1;
            }
            else
            {
                parameters.Add(new(name, value));
            }
        }

        return new MediaRange(parts[0], parameters, quality);
    }
}
