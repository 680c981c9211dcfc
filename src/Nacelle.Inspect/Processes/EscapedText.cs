using System.Globalization;
using System.Text;

namespace Nacelle.Inspect.Processes;

/// <summary>
/// Text that a container chose, made fit to be shown: what a terminal would obey, and bytes that are no UTF-8, stand as <c>\n</c>,
/// <c>\t</c>, <c>\r</c>, <c>\\</c> or <c>\xNN</c>. Two different texts never look the same.
/// </summary>
public static class EscapedText
{
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (IsPlain(bytes))
        {
            return Encoding.ASCII.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length + 16);
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var length);
            if (status == System.Buffers.OperationStatus.Done && IsShown(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var value in bytes[..length])
                {
                    Append(text, value);
                }
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    private static bool IsPlain(ReadOnlySpan<byte> bytes) =>
        !bytes.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e) && !bytes.Contains((byte)'\\');

    // Format characters reorder or hide what stands beside them.
    private static bool IsShown(Rune rune) => rune.Value != '\\' && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static void Append(StringBuilder text, byte value) => _ = value switch
    {
        (byte)'\n' => text.Append("\\n"),
        (byte)'\r' => text.Append("\\r"),
        (byte)'\t' => text.Append("\\t"),
        (byte)'\\' => text.Append("\\\\"),
        _ => text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
    };
}
