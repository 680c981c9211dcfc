using System.Globalization;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>Times as the API writes them, and the reference server's words for those it cannot read.</summary>
public static class GoTime
{
    private const string SecondsLayout = "2006-01-02T15:04:05Z07:00";
    private const string MicroLayout = "2006-01-02T15:04:05.000000Z07:00";

    /// <summary>Reads RFC 3339; a fraction of a second is allowed and dropped. UTC.</summary>
    /// <exception cref="DecodingException">Not a time.</exception>
    public static string CanonicalSeconds(string text) => Format(Parse(text, SecondsLayout, fraction: false));

    /// <summary>Reads RFC 3339 with exactly six digits of a second. UTC.</summary>
    /// <exception cref="DecodingException">Not a time.</exception>
    public static string CanonicalMicro(string text) => FormatMicro(Parse(text, MicroLayout, fraction: true));

    /// <summary>A time in whole seconds, as most fields of the API carry it.</summary>
    public static string Format(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A time in microseconds, for the few fields that carry them.</summary>
    public static string FormatMicro(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static DateTimeOffset Parse(string text, string layout, bool fraction)
    {
        var reader = new Cursor(text, layout);
        int year = reader.Number(4, "2006");
        reader.Literal('-');
        int month = reader.Number(2, "01");
        reader.Literal('-');
        int day = reader.Number(2, "02");
        reader.Literal('T');
        int hour = reader.Number(2, "15");
        reader.Literal(':');
        int minute = reader.Number(2, "04");
        reader.Literal(':');
        int second = reader.Number(2, "05");
        long ticks = reader.Fraction(fraction);
        TimeSpan offset = reader.Zone();
        reader.Ranges((month, 12, "month"), (hour, 23, "hour"), (minute, 59, "minute"), (second, 59, "second"));
        if (year == 0 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            throw reader.Fault(": day out of range");
        }

        try
        {
            return new DateTimeOffset(new DateTime(year, month, day, hour, minute, second).AddTicks(ticks), offset);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw reader.Fault(": day out of range");
        }
    }

    private ref struct Cursor(string text, string layout)
    {
        private int position;

        private readonly string Rest => text[position..];

        public int Number(int digits, string element)
        {
            int start = position;
            for (int i = 0; i < digits; i++)
            {
                if (position >= text.Length || !char.IsAsciiDigit(text[position]))
                {
                    position = start;
                    throw CannotParse(element);
                }

                position++;
            }

            return int.Parse(text.AsSpan(start, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        }

        public void Literal(char expected)
        {
            if (position >= text.Length || text[position] != expected)
            {
                throw CannotParse(expected.ToString());
            }

            position++;
        }

        public long Fraction(bool exactlySix)
        {
            bool has = position < text.Length && text[position] is '.' or ',';
            int end = position + 1;
            while (has && end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            int digits = end - position - 1;
            if (exactlySix && (!has || digits < 6))
            {
                throw CannotParse(".000000");
            }

            if (!has || digits == 0)
            {
                return 0;
            }

            int used = Math.Min(digits, exactlySix ? 6 : 7);
            long value = long.Parse(text.AsSpan(position + 1, used), NumberStyles.None, CultureInfo.InvariantCulture);
            position += 1 + (exactlySix ? 6 : digits);
            return value * (long)Math.Pow(10, 7 - used);
        }

        public TimeSpan Zone()
        {
            if (position < text.Length && text[position] == 'Z')
            {
                position++;
                return End(TimeSpan.Zero);
            }

            if (text.Length - position < 6 || text[position] is not ('+' or '-') || text[position + 3] != ':'
                || !byte.TryParse(text.AsSpan(position + 1, 2), NumberStyles.None, CultureInfo.InvariantCulture, out byte hours)
                || !byte.TryParse(text.AsSpan(position + 4, 2), NumberStyles.None, CultureInfo.InvariantCulture, out byte minutes))
            {
                throw CannotParse("Z07:00");
            }

            var offset = new TimeSpan(hours, minutes, 0);
            bool negative = text[position] == '-';
            position += 6;
            return End(negative ? -offset : offset);
        }

        public readonly void Ranges(params ReadOnlySpan<(int Value, int Maximum, string Name)> parts)
        {
            foreach ((int value, int maximum, string name) in parts)
            {
                if (value > maximum || (name == "month" && value == 0))
                {
                    throw Fault($": {name} out of range");
                }
            }
        }

        public readonly DecodingException Fault(string detail) => new($"parsing time {Errors.GoText.Quote(text)}{detail}");

        private readonly TimeSpan End(TimeSpan offset) =>
            position == text.Length ? offset : throw Fault($": extra text: {Errors.GoText.Quote(Rest)}");

        private readonly DecodingException CannotParse(string element) => new(
            $"parsing time {Errors.GoText.Quote(text)} as {Errors.GoText.Quote(layout)}: cannot parse {Errors.GoText.Quote(Rest)} as {Errors.GoText.Quote(element)}");
    }
}
