namespace Nacelle.Kubernetes.Quantities;

/// <summary>The parts of a written quantity; leading zeros of the whole part are gone.</summary>
internal readonly record struct QuantityParts(bool Negative, string Whole, string Fraction, string Suffix)
{
    /// <summary>Splits the text; false where it has not the form of a quantity.</summary>
    public static bool TrySplit(string text, out QuantityParts parts)
    {
        int position = text[0] is '-' or '+' ? 1 : 0;
        bool negative = text[0] == '-';
        while (position < text.Length && text[position] == '0')
        {
            position++;
        }

        string whole = Digits(text, ref position);
        string fraction = "";
        if (position < text.Length && text[position] == '.')
        {
            position++;
            fraction = Digits(text, ref position);
        }

        int start = position;
        while (position < text.Length && "eEinumkKMGTP".Contains(text[position]))
        {
            position++;
        }

        if (position < text.Length && text[position] is '-' or '+')
        {
            position++;
        }

        Digits(text, ref position);
        parts = new(negative, whole.Length == 0 ? "0" : whole, fraction, text[start..]);
        return position == text.Length;
    }

    private static string Digits(string text, ref int position)
    {
        int start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        return text[start..position];
    }
}
