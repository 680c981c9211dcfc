using System.Globalization;
using System.Text;

namespace Nacelle.Kubernetes.Errors;

/// <summary>Renders values as the reference server's messages show them.</summary>
public static class GoText
{
    /// <summary>A double-quoted string with escapes, as the messages of the API quote bad values (<c>%q</c>).</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2);
        text.Append('"');
        foreach (Rune rune in value.EnumerateRunes())
        {
            AppendEscaped(text, rune);
        }

        return text.Append('"').ToString();
    }

    private static void AppendEscaped(StringBuilder text, Rune rune)
    {
        switch (rune.Value)
        {
            case '"': text.Append("\\\""); return;
            case '\\': text.Append("\\\\"); return;
            case '\a': text.Append("\\a"); return;
            case '\b': text.Append("\\b"); return;
            case '\f': text.Append("\\f"); return;
            case '\n': text.Append("\\n"); return;
            case '\r': text.Append("\\r"); return;
            case '\t': text.Append("\\t"); return;
            case '\v': text.Append("\\v"); return;
        }

        if (IsPrintable(rune))
        {
            text.Append(rune.ToString());
        }
        else if (rune.Value < 0x80)
        {
            text.Append("\\x").Append(rune.Value.ToString("x2", CultureInfo.InvariantCulture));
        }
        else if (rune.Value < 0x10000)
        {
            text.Append("\\u").Append(rune.Value.ToString("x4", CultureInfo.InvariantCulture));
        }
        else
        {
            text.Append("\\U").Append(rune.Value.ToString("x8", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Whether a message shows the character itself: letters, marks, numbers, punctuation, symbols and the ASCII space.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);
}
