using System.Globalization;
using System.Text;

namespace Nacelle.Linux.Processes;

/// <summary>
/// Names and command lines as text that can be shown: processes choose them, so they may hold line ends, a terminal's control sequences, or bytes
/// that are no text.
/// </summary>
public static class PrintableText
{
    /// <summary>
    /// UTF-8 as it is, with <c>\n</c>, <c>\t</c>, <c>\r</c>, <c>\\</c>, <c>\xHH</c> (a byte that is no UTF-8, or a control character) and <c>\u{H}</c>
    /// (invisible: formatting, line and paragraph separators, unassigned) for what can't be shown.
    /// </summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var count) == System.Buffers.OperationStatus.Done)
            {
                Append(text, rune);
            }
            else
            {
                foreach (var stray in bytes[..count])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{stray:x2}");
                }
            }

            bytes = bytes[count..];
        }

        return text.ToString();
    }

    /// <summary>The same of text; half a surrogate pair counts as invisible.</summary>
    public static string Of(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Append(result, rune);
        }

        return result.ToString();
    }

    /// <summary>A command line as <c>/proc/PID/cmdline</c> has it: its arguments, separated by blanks.</summary>
    public static string OfCommandLine(ReadOnlySpan<byte> bytes)
    {
        var arguments = bytes.TrimEnd((byte)0).ToArray();
        arguments.AsSpan().Replace((byte)0, (byte)' ');
        return Of(arguments);
    }

    /// <summary>Text of which nothing must be escaped but backslashes, which may stand for an escape already.</summary>
    public static bool IsPrintable(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsInvisible(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The beginning of a text, at most so many characters, with an ellipsis where it was longer; never half a surrogate pair.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var kept = Math.Max(length - 1, 0);
        return $"{text[..(kept > 0 && char.IsHighSurrogate(text[kept - 1]) ? kept - 1 : kept)]}…";
    }

    private static bool IsInvisible(Rune rune) =>
        rune == Rune.ReplacementChar
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;

    private static void Append(StringBuilder text, Rune rune)
    {
        _ = rune.Value switch
        {
            '\n' => text.Append("\\n"),
            '\t' => text.Append("\\t"),
            '\r' => text.Append("\\r"),
            '\\' => text.Append("\\\\"),
            < 0x20 or (>= 0x7f and < 0xa0) => text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
            _ when IsInvisible(rune) => text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}"),
            _ => text.Append(rune.ToString()),
        };
    }
}
