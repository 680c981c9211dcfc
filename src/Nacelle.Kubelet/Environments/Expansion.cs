using System.Text;

namespace Nacelle.Kubelet.Environments;

/// <summary>
/// <c>$(NAME)</c> references in env values, command and args (API reference, Container): a known name is replaced, an unknown one left as it stands,
/// <c>$$</c> is one <c>$</c> and never starts a reference, a <c>$</c> before anything else stays.
/// </summary>
public static class Expansion
{
    /// <param name="text">The text with references.</param>
    /// <param name="find">Name to value, null for an unknown one.</param>
    public static string Expand(string text, Func<string, string?> find)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            var end = text[i] == '(' ? text.IndexOf(')', i) : -1;
            if (end > 0)
            {
                var name = text[(i + 1)..end];
                result.Append(find(name) ?? $"$({name})");
                i = end;
            }
            else
            {
                result.Append(text[i] == '$' ? "$" : "$" + text[i]);
            }
        }

        return result.ToString();
    }

    /// <summary>As <see cref="Expand(string,Func{string,string})"/>, with a container's environment.</summary>
    public static string Expand(string text, IEnumerable<KeyValuePair<string, string>> environment) =>
        Expand(text, name => environment.Where(pair => pair.Key == name).Select(pair => pair.Value).FirstOrDefault());

    /// <summary>A container's <c>command</c> or <c>args</c> with its environment put in.</summary>
    public static IReadOnlyList<string> ExpandAll(IEnumerable<string>? texts, IReadOnlyList<KeyValuePair<string, string>> environment) =>
        texts is null ? [] : [.. texts.Select(text => Expand(text, environment))];
}
