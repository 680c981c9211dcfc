using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>What a YAML scalar means: the rules of YAML 1.1 as the reference server's YAML library has them.</summary>
internal static class YamlScalars
{
    private const string Core = "tag:yaml.org,2002:";

    /// <summary>The JSON value of a scalar; null is YAML's null.</summary>
    /// <exception cref="DecodingException">An explicit tag does not fit the text, or the value has no JSON form.</exception>
    public static JsonNode? Value(Scalar scalar)
    {
        string tag = Tag(scalar);
        switch (tag)
        {
            case "str":
                return JsonValue.Create(scalar.Value);
            case "binary":
                return JsonValue.Create(Binary(scalar.Value));
            case "":
                return scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);
        }

        JsonNode? value = Plain(scalar.Value);
        string found = value switch
        {
            null => "null",
            _ => value.GetValueKind() switch
            {
                System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "bool",
                System.Text.Json.JsonValueKind.Number => value.AsValue().TryGetValue(out long _) || value.AsValue().TryGetValue(out ulong _) ? "int" : "float",
                _ => "str",
            },
        };
        if (tag == "float" && found == "int")
        {
            return value;
        }

        return tag is not ("int" or "float" or "bool" or "null") || tag == found
            ? value
            : throw new DecodingException($"yaml: cannot decode !!{found} `{scalar.Value}` as a !!{tag}");
    }

    /// <summary>A scalar as the key of a map; numbers and booleans become their text.</summary>
    /// <exception cref="DecodingException">Null and other keys that JSON cannot have.</exception>
    public static (string Key, string Shown) Key(Scalar scalar)
    {
        JsonNode? value = Value(scalar);
        switch (value?.GetValueKind())
        {
            case System.Text.Json.JsonValueKind.String:
                string text = value.GetValue<string>();
                return (text, Errors.GoText.Quote(text));
            case null:
                throw new DecodingException("unsupported map key of type: %!s(<nil>), key: <nil>, value: ");
            default:
                string shown = value.ToJsonString(JsonText.Compact);
                return (shown, shown);
        }
    }

    /// <summary>Whether this is the plain key <c>&lt;&lt;</c>.</summary>
    public static bool IsMerge(Scalar scalar) => scalar.Value == "<<"
        && (Tag(scalar) is "merge" || (Tag(scalar).Length == 0 && scalar.Style == ScalarStyle.Plain));

    private static string Tag(Scalar scalar)
    {
        if (scalar.Tag.IsEmpty)
        {
            return "";
        }

        if (scalar.Tag.IsNonSpecific)
        {
            return "str";
        }

        string tag = scalar.Tag.Value;
        return tag.StartsWith(Core, StringComparison.Ordinal) ? tag[Core.Length..] : tag;
    }

    private static JsonValue? Plain(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        switch (text)
        {
            case "~" or "null" or "Null" or "NULL":
                return null;
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return JsonValue.Create(true);
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return JsonValue.Create(false);
            case ".nan" or ".NaN" or ".NAN":
                throw new DecodingException("json: unsupported value: NaN");
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                throw new DecodingException("json: unsupported value: +Inf");
            case "-.inf" or "-.Inf" or "-.INF":
                throw new DecodingException("json: unsupported value: -Inf");
        }

        return text[0] is '+' or '-' or '.' || char.IsAsciiDigit(text[0]) ? NumberOrText(text) : JsonValue.Create(text);
    }

    private static JsonValue NumberOrText(string text)
    {
        if (TryInteger(text.Replace("_", "", StringComparison.Ordinal), out BigInteger integer))
        {
            if (integer >= long.MinValue && integer <= long.MaxValue)
            {
                return JsonValue.Create((long)integer);
            }

            if (integer > 0 && integer <= ulong.MaxValue)
            {
                return JsonValue.Create((ulong)integer);
            }
        }

        if (!IsFloat(text.Replace("_", "", StringComparison.Ordinal)))
        {
            return JsonValue.Create(text);
        }

        double number = double.Parse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? (JsonValue)JsonNode.Parse(Written(number))! : JsonValue.Create(text);
    }

    /// <summary>Without an exponent where the reference server has none, as the text appears in its messages.</summary>
    private static string Written(double number) =>
        Math.Abs(number) is 0 or (>= 1e-6 and < 1e21) && decimal.TryParse(
            number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact)
            ? exact.ToString(CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);

    private static bool TryInteger(string text, out BigInteger value)
    {
        bool negative = text[0] == '-';
        string digits = text[0] is '-' or '+' ? text[1..] : text;
        (int radix, string rest) = digits switch
        {
            ['0', 'x' or 'X', .. string hex] => (16, hex),
            ['0', 'b' or 'B', .. string binary] => (2, binary),
            ['0', 'o' or 'O', .. string octal] => (8, octal),
            ['0', _, ..] => (8, digits[1..]),
            _ => (10, digits),
        };
        value = 0;
        foreach (char c in rest)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix)
            {
                return false;
            }

            value = (value * radix) + digit;
        }

        value = negative ? -value : value;
        return rest.Length > 0;
    }

    private static bool IsFloat(string text)
    {
        int i = text[0] is '-' or '+' ? 1 : 0;
        int whole = Digits(text, ref i);
        int fraction = 0;
        if (i < text.Length && text[i] == '.')
        {
            i++;
            fraction = Digits(text, ref i);
        }

        if (whole + fraction == 0)
        {
            return false;
        }

        if (i < text.Length && text[i] is 'e' or 'E')
        {
            i++;
            i += i < text.Length && text[i] is '-' or '+' ? 1 : 0;
            if (Digits(text, ref i) == 0)
            {
                return false;
            }
        }

        return i == text.Length;
    }

    private static int Digits(string text, ref int i)
    {
        int start = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
        {
            i++;
        }

        return i - start;
    }

    private static string Binary(string text)
    {
        try
        {
            return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            throw new DecodingException("yaml: !!binary value contains invalid base64 data");
        }
    }
}
