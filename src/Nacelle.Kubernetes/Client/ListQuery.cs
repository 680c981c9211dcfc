using System.Globalization;
using System.Text;

namespace Nacelle.Kubernetes.Client;

/// <summary>The query parameters that lists and watches share.</summary>
public sealed record ListQuery
{
    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>A watch starts after this; a list at "0" may answer from any recent state.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Largest number of objects in one answer; the rest is asked for with <see cref="Continue"/>.</summary>
    public int? Limit { get; init; }

    public string? Continue { get; init; }

    internal string ToQueryString(bool watch = false, int? timeoutSeconds = null)
    {
        var text = new StringBuilder();
        Add("labelSelector", LabelSelector);
        Add("fieldSelector", FieldSelector);
        Add("resourceVersion", ResourceVersion);
        Add("limit", Limit?.ToString(CultureInfo.InvariantCulture));
        Add("continue", Continue);
        Add("watch", watch ? "true" : null);
        Add("allowWatchBookmarks", watch ? "true" : null);
        Add("timeoutSeconds", timeoutSeconds?.ToString(CultureInfo.InvariantCulture));
        return text.ToString();

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }
}
