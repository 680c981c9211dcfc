using System.Globalization;
using System.Text;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>
/// Checks that bytes are one JSON value, without recursion, and words what is wrong as the reference server does
/// (<c>invalid character 'x' looking for beginning of value</c>). Depth is limited to 10,000.
/// </summary>
internal static class JsonSyntax
{
    private const int MaximumDepth = 10_000;

    private enum Expect
    {
        Value,
        ValueOrClose,
        KeyOrClose,
        Key,
        Colon,
        CommaOrClose,
        End,
    }

    /// <summary>The fault, or null when the bytes are well-formed.</summary>
    public static string? Fault(ReadOnlySpan<byte> json)
    {
        var closers = new Stack<byte>();
        Expect expect = Expect.Value;
        int position = 0;
        while (true)
        {
            while (position < json.Length && json[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                position++;
            }

            if (position >= json.Length)
            {
                return expect == Expect.End ? null : "unexpected end of JSON input";
            }

            byte c = json[position];
            string? fault = expect switch
            {
                Expect.End => Invalid(c, "after top-level value"),
                Expect.Colon => c == ':' ? null : Invalid(c, "after object key"),
                Expect.CommaOrClose => Separator(c, closers),
                Expect.KeyOrClose when c == '}' => null,
                Expect.Key or Expect.KeyOrClose => c == '"' ? null : Invalid(c, "looking for beginning of object key string"),
                _ => null,
            };
            if (fault is not null)
            {
                return fault;
            }

            fault = Step(json, ref position, ref expect, closers, c);
            if (fault is not null)
            {
                return fault;
            }
        }
    }

    private static string? Step(ReadOnlySpan<byte> json, ref int position, ref Expect expect, Stack<byte> closers, byte c)
    {
        switch (expect)
        {
            case Expect.Colon:
                position++;
                expect = Expect.Value;
                return null;
            case Expect.CommaOrClose when c == ',':
                position++;
                expect = closers.Peek() == '}' ? Expect.Key : Expect.Value;
                return null;
            case Expect.CommaOrClose:
            case Expect.KeyOrClose when c == '}':
            case Expect.ValueOrClose when c == ']':
                position++;
                closers.Pop();
                expect = closers.Count == 0 ? Expect.End : Expect.CommaOrClose;
                return null;
            case Expect.Key or Expect.KeyOrClose:
                expect = Expect.Colon;
                return Text(json, ref position);
        }

        if (c is (byte)'{' or (byte)'[')
        {
            if (closers.Count >= MaximumDepth)
            {
                return Invalid(c, "exceeded max depth");
            }

            position++;
            closers.Push(c == '{' ? (byte)'}' : (byte)']');
            expect = c == '{' ? Expect.KeyOrClose : Expect.ValueOrClose;
            return null;
        }

        expect = closers.Count == 0 ? Expect.End : Expect.CommaOrClose;
        return Scalar(json, ref position, c);
    }

    private static string? Separator(byte c, Stack<byte> closers) =>
        c == ',' || c == closers.Peek() ? null : Invalid(c, closers.Peek() == '}' ? "after object key:value pair" : "after array element");

    private static string? Scalar(ReadOnlySpan<byte> json, ref int position, byte c) => c switch
    {
        (byte)'"' => Text(json, ref position),
        (byte)'t' => Word(json, ref position, "true"),
        (byte)'f' => Word(json, ref position, "false"),
        (byte)'n' => Word(json, ref position, "null"),
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Number(json, ref position),
        _ => Invalid(c, "looking for beginning of value"),
    };

    private static string? Word(ReadOnlySpan<byte> json, ref int position, string word)
    {
        for (int i = 0; i < word.Length; i++, position++)
        {
            if (position >= json.Length)
            {
                return "unexpected end of JSON input";
            }

            if (json[position] != word[i])
            {
                return Invalid(json[position], $"in literal {word} (expecting {Show((byte)word[i])})");
            }
        }

        return null;
    }

    private static string? Text(ReadOnlySpan<byte> json, ref int position)
    {
        for (position++; position < json.Length; position++)
        {
            byte c = json[position];
            if (c == '"')
            {
                position++;
                return null;
            }

            if (c < 0x20)
            {
                return Invalid(c, "in string literal");
            }

            if (c == '\\')
            {
                string? fault = Escape(json, ref position);
                if (fault is not null)
                {
                    return fault;
                }
            }
        }

        return "unexpected end of JSON input";
    }

    private static string? Escape(ReadOnlySpan<byte> json, ref int position)
    {
        position++;
        if (position >= json.Length)
        {
            return "unexpected end of JSON input";
        }

        if (json[position] != 'u')
        {
            return "\"\\/bfnrt".Contains((char)json[position]) ? null : Invalid(json[position], "in string escape code");
        }

        for (int i = 0; i < 4; i++)
        {
            position++;
            if (position >= json.Length)
            {
                return "unexpected end of JSON input";
            }

            if (!char.IsAsciiHexDigit((char)json[position]))
            {
                return Invalid(json[position], "in \\u hexadecimal character escape");
            }
        }

        return null;
    }

    private static string? Number(ReadOnlySpan<byte> json, ref int position)
    {
        if (json[position] == '-')
        {
            position++;
            string? fault = Digit(json, position, "in numeric literal");
            if (fault is not null)
            {
                return fault;
            }
        }

        if (json[position] == '0')
        {
            position++;
        }
        else
        {
            SkipDigits(json, ref position);
        }

        if (position < json.Length && json[position] == '.')
        {
            position++;
            string? fault = Digit(json, position, "after decimal point in numeric literal");
            if (fault is not null)
            {
                return fault;
            }

            SkipDigits(json, ref position);
        }

        if (position < json.Length && json[position] is (byte)'e' or (byte)'E')
        {
            position++;
            if (position < json.Length && json[position] is (byte)'+' or (byte)'-')
            {
                position++;
            }

            string? fault = Digit(json, position, "in exponent of numeric literal");
            if (fault is not null)
            {
                return fault;
            }

            SkipDigits(json, ref position);
        }

        return null;
    }

    private static string? Digit(ReadOnlySpan<byte> json, int position, string context) =>
        position >= json.Length ? "unexpected end of JSON input"
        : char.IsAsciiDigit((char)json[position]) ? null : Invalid(json[position], context);

    private static void SkipDigits(ReadOnlySpan<byte> json, ref int position)
    {
        while (position < json.Length && char.IsAsciiDigit((char)json[position]))
        {
            position++;
        }
    }

    private static string Invalid(byte c, string context) => $"invalid character {Show(c)} {context}";

    private static string Show(byte c) => c switch
    {
        (byte)'\'' => "'\\''",
        (byte)'"' => "'\"'",
        (byte)'\\' => "'\\\\'",
        (byte)'\n' => "'\\n'",
        (byte)'\r' => "'\\r'",
        (byte)'\t' => "'\\t'",
        < 0x20 or 0x7f => "'\\x" + c.ToString("x2", CultureInfo.InvariantCulture) + "'",
        _ => "'" + new Rune(c) + "'",
    };
}
