using System.Globalization;
using System.Text;

namespace Nacelle.Kubelet.Environments;

/// <summary>Go's quoted text (<c>%q</c>): the form in which Kubernetes writes label and annotation values into files and variables.</summary>
internal static class GoText
{
    public static string Quote(string text)
    {
        var result = new StringBuilder("\"", text.Length + 2);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\v' => "\\v",
                < ' ' or 0x7F => $"\\x{rune.Value:x2}",
                _ when IsPrintable(rune) => rune.ToString(),
                > 0xFFFF => $"\\U{rune.Value:x8}",
                _ => $"\\u{rune.Value:x4}",
            });
        }

        return result.Append('"').ToString();
    }

    // Go's strconv.IsPrint: letters, marks, numbers, punctuation, symbols, and of the spaces only the ASCII one.
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
