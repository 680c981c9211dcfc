using System.Globalization;
using System.Text;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>Reads the inside of a JSON string that .NET refuses: lone surrogates become U+FFFD.</summary>
internal static class LooseText
{
    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        string source = Encoding.UTF8.GetString(escaped);
        var text = new StringBuilder(source.Length);
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\')
            {
                text.Append(source[i]);
                continue;
            }

            i++;
            if (source[i] == 'u')
            {
                text.Append((char)ushort.Parse(source.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(source[i] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', char c => c });
            }
        }

        // A round trip through UTF-8 replaces what is not a character.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
