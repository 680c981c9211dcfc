using System.Globalization;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>Bytes as <c>/pause</c> writes them into a line (native/pause/pause.c): plain characters as they are, any other byte as <c>\xHH</c>.</summary>
internal static class PauseText
{
    /// <summary>The bytes; what is no escape stands for itself.</summary>
    public static byte[] Decode(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text[i + 1] == 'x'
                && byte.TryParse(text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                i += 3;
            }
            else
            {
                bytes.Add((byte)text[i]);
            }
        }

        return [.. bytes];
    }
}
