using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Nacelle.Kubernetes.Selectors;

/// <summary>A parsed field selector: all its terms must hold. Empty matches everything. Which fields exist is the kind's business.</summary>
public sealed record FieldSelector(ImmutableArray<FieldTerm> Terms)
{
    private static readonly string[] Operators = ["!=", "==", "="];

    public static FieldSelector Everything { get; } = new([]);

    public bool MatchesEverything => Terms.IsEmpty;

    /// <exception cref="FormatException">Not a selector; the message is the one that the API answers with status 400.</exception>
    public static FieldSelector Parse(string text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Everything;
        }

        List<string> parts = Split(text);
        parts.Sort(StringComparer.Ordinal);
        return new([.. parts.Where(part => part.Length > 0).Select(part => Term(text, part))]);
    }

    /// <param name="value">The value of a field of the object; empty for an absent one.</param>
    public bool Matches(Func<string, string> value)
    {
        foreach (FieldTerm term in Terms)
        {
            if ((value(term.Field) == term.Value) != term.Equal)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value that the field must have, or null where the selector does not pin it.</summary>
    public string? RequiredValue(string field) => Terms.FirstOrDefault(term => term.Equal && term.Field == field)?.Value;

    private static List<string> Split(string text)
    {
        List<string> parts = [];
        int start = 0;
        bool escaped = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (escaped)
            {
                escaped = false;
            }
            else if (text[i] == '\\')
            {
                escaped = true;
            }
            else if (text[i] == ',')
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    private static FieldTerm Term(string selector, string part)
    {
        for (int i = 0; i < part.Length; i++)
        {
            foreach (string op in Operators)
            {
                if (part.AsSpan(i).StartsWith(op))
                {
                    return new(part[..i], Unescape(part[(i + op.Length)..]), op != "!=");
                }
            }
        }

        throw new FormatException($"invalid selector: '{selector}'; can't understand '{part}'");
    }

    private static string Unescape(string value)
    {
        var text = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (c == '\\')
            {
                i++;
                if (i == value.Length || value[i] is not ('\\' or ',' or '='))
                {
                    throw new FormatException("invalid field selector: invalid escape sequence: \\" + (i < value.Length ? value[i] : ""));
                }

                c = value[i];
            }
            else if (c is ',' or '=')
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture,
                    $"invalid field selector: unescaped character in value: {(int)c}"));
            }

            text.Append(c);
        }

        return text.ToString();
    }
}
