using System.Globalization;
using System.Text;

namespace Nacelle.Inspect.Files;

/// <summary>
/// Names and link targets, which are bytes of any kind, as text that is safe on a terminal: what does not print (control and format characters, escape codes,
/// bytes that are no UTF-8) and the backslash itself are escaped as in a C string, so that two names never look the same.
/// </summary>
public static class EscapedText
{
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done)
            {
                Append(text, rune, bytes[..length]);
            }
            else
            {
                AppendBytes(text, bytes[..length]);
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Rune rune, ReadOnlySpan<byte> bytes)
    {
        switch (rune.Value)
        {
            case '\\': text.Append(@"\\"); return;
            case '\n': text.Append(@"\n"); return;
            case '\r': text.Append(@"\r"); return;
            case '\t': text.Append(@"\t"); return;
        }

        if (IsPrintable(rune))
        {
            text.Append(rune.ToString());
        }
        else
        {
            AppendBytes(text, bytes);
        }
    }

    private static void AppendBytes(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        foreach (var octet in bytes)
        {
            text.Append(@"\x").Append(octet.ToString("x2", CultureInfo.InvariantCulture));
        }
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);
}
