using System.Globalization;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>Standard base64 with padding; line breaks inside are skipped, as the reference server does.</summary>
internal static class GoBase64
{
    /// <summary>The same bytes without line breaks.</summary>
    /// <exception cref="DecodingException">Not base64; the message names the byte.</exception>
    public static string Canonical(string text)
    {
        string plain = text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        int fault = FirstFault(plain);
        if (fault >= 0)
        {
            throw Illegal(text, plain, fault);
        }

        // Bits beyond the last byte are dropped, so encode what was read.
        byte[] bytes = new byte[plain.Length / 4 * 3];
        return Convert.TryFromBase64String(plain, bytes, out int written)
            ? Convert.ToBase64String(bytes, 0, written)
            : throw Illegal(text, plain, plain.Length);
    }

    /// <summary>The position of the first byte at fault, or -1.</summary>
    private static int FirstFault(string plain)
    {
        for (int i = 0; i < plain.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(plain[i]) || plain[i] is '+' or '/')
            {
                continue;
            }

            if (plain[i] != '=' || i % 4 < 2)
            {
                return i;
            }

            int needed = 4 - (i % 4);
            if (needed == 2 && (i + 1 >= plain.Length || plain[i + 1] != '='))
            {
                return i + 1 >= plain.Length ? plain.Length : i + 1;
            }

            return i + needed == plain.Length ? -1 : i + needed;
        }

        // An incomplete last group is blamed on its first byte.
        return plain.Length % 4 == 0 ? -1 : plain.Length - (plain.Length % 4);
    }

    /// <summary>Counts the skipped line breaks in, so that the number is a position in the text as it was sent.</summary>
    private static DecodingException Illegal(string text, string plain, int position)
    {
        int seen = 0;
        int at = 0;
        while (at < text.Length && (seen < position || text[at] is '\r' or '\n') && seen < plain.Length)
        {
            seen += text[at] is '\r' or '\n' ? 0 : 1;
            at++;
        }

        return new("illegal base64 data at input byte " + at.ToString(CultureInfo.InvariantCulture));
    }
}
