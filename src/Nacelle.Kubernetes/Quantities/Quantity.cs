using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Nacelle.Kubernetes.Quantities;

/// <summary>
/// An amount of a resource (<c>500m</c>, <c>64Mi</c>, <c>1e3</c>): an exact decimal with at most nine digits after the point.
/// Parsing, rounding, canonical form and error texts follow apimachinery <c>api/resource</c>.
/// </summary>
public sealed class Quantity : IComparable<Quantity>, IEquatable<Quantity>
{
    private const string FormatFault =
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

    private const string SuffixFault = "unable to parse quantity's suffix";
    private static readonly string[] BinarySuffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    private const string DecimalSuffixes = "num kMGTPE";

    private readonly BigInteger unscaled;
    private readonly int exponent;
    private readonly string? written;

    private Quantity(BigInteger unscaled, int exponent, QuantityFormat format, string? written)
    {
        this.unscaled = unscaled;
        this.exponent = exponent;
        this.written = written;
        Format = format;
    }

    public static Quantity Zero { get; } = new(0, 0, QuantityFormat.DecimalSi, "0");

    public QuantityFormat Format { get; }

    public int Sign => unscaled.Sign;

    public bool IsZero => unscaled.IsZero;

    /// <summary>Whether the amount has no fraction.</summary>
    public bool IsWhole => exponent >= 0 || (unscaled % BigInteger.Pow(10, -exponent)).IsZero;

    /// <summary>Whether the amount is a whole number of thousandths.</summary>
    public bool IsWholeMilli => exponent >= -3 || (unscaled % BigInteger.Pow(10, -exponent - 3)).IsZero;

    /// <summary>The amount rounded up (away from zero) to a whole number, held to the range of <see cref="long"/>; bytes for memory.</summary>
    public long Value => Clamp(Scaled(0));

    /// <summary>The amount in thousandths, rounded up (away from zero), held to the range of <see cref="long"/>; milli-CPUs for cpu.</summary>
    public long MilliValue => Clamp(Scaled(-3));

    /// <exception cref="FormatException">Not a quantity; the message is the API's.</exception>
    public static Quantity Parse(string text) => TryParse(text, out Quantity? quantity, out string? fault) ? quantity : throw new FormatException(fault);

    public static bool TryParse(string text, [NotNullWhen(true)] out Quantity? quantity) => TryParse(text, out quantity, out _);

    public static bool TryParse(string text, [NotNullWhen(true)] out Quantity? quantity, [NotNullWhen(false)] out string? fault)
    {
        quantity = null;
        fault = FormatFault;
        if (text.Length == 0)
        {
            return false;
        }

        if (text == "0")
        {
            quantity = Zero;
            return true;
        }

        if (!QuantityParts.TrySplit(text, out QuantityParts parts))
        {
            return false;
        }

        fault = SuffixFault;
        if (!TryInterpret(parts.Suffix, out int numberBase, out int suffixExponent, out QuantityFormat format))
        {
            return false;
        }

        fault = null;
        quantity = Build(text, parts, numberBase, suffixExponent, format);
        return true;
    }

    public static Quantity FromMilli(long milli, QuantityFormat format) => new(milli, -3, format, null);

    public static Quantity FromValue(long value, QuantityFormat format) => new(value, 0, format, null);

    public Quantity Add(Quantity other)
    {
        int common = Math.Min(exponent, other.exponent);
        return new(At(common) + other.At(common), common, IsZero ? other.Format : Format, null);
    }

    public Quantity Subtract(Quantity other)
    {
        int common = Math.Min(exponent, other.exponent);
        return new(At(common) - other.At(common), common, IsZero ? other.Format : Format, null);
    }

    /// <summary>The amount rounded up (away from zero) to thousandths; itself when that loses nothing.</summary>
    public Quantity RoundUpToMilli() => exponent >= -3 ? this : new(Scaled(-3), -3, Format, null);

    public int CompareTo(Quantity? other)
    {
        if (other is null)
        {
            return 1;
        }

        int common = Math.Min(exponent, other.exponent);
        return At(common).CompareTo(other.At(common));
    }

    public bool Equals(Quantity? other) => other is not null && CompareTo(other) == 0;

    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    public override int GetHashCode()
    {
        (BigInteger mantissa, int power) = WithoutFactors(unscaled, exponent);
        return HashCode.Combine(mantissa, mantissa.IsZero ? 0 : power);
    }

    public static bool operator ==(Quantity? left, Quantity? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Quantity? left, Quantity? right) => !(left == right);

    public static bool operator <(Quantity left, Quantity right) => left.CompareTo(right) < 0;

    public static bool operator >(Quantity left, Quantity right) => left.CompareTo(right) > 0;

    public static bool operator <=(Quantity left, Quantity right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Quantity left, Quantity right) => left.CompareTo(right) >= 0;

    /// <summary>The canonical form: no fraction, the largest suffix that keeps it exact.</summary>
    public override string ToString()
    {
        if (written is not null)
        {
            return written;
        }

        if (IsZero)
        {
            return "0";
        }

        if (Format == QuantityFormat.BinarySi && IsWhole && BigInteger.Abs(At(Math.Min(exponent, 0))) >= 1024 * BigInteger.Pow(10, Math.Max(0, -exponent)))
        {
            return BinaryText(Scaled(0));
        }

        (BigInteger mantissa, int power) = WithoutFactors(unscaled, exponent);
        while (power % 3 != 0)
        {
            mantissa *= 10;
            power--;
        }

        string number = mantissa.ToString(CultureInfo.InvariantCulture);
        if (power == 0)
        {
            return number;
        }

        if (Format == QuantityFormat.DecimalExponent)
        {
            return number + "e" + power.ToString(CultureInfo.InvariantCulture);
        }

        int index = (power + 9) / 3;
        return index >= 0 && index < DecimalSuffixes.Length ? number + DecimalSuffixes[index] : number;
    }

    private static Quantity Build(string text, QuantityParts parts, int numberBase, int suffixExponent, QuantityFormat format)
    {
        BigInteger digits = BigInteger.Parse(parts.Whole + parts.Fraction, CultureInfo.InvariantCulture);
        BigInteger signed = parts.Negative ? -digits : digits;
        string shifted = parts.Whole + parts.Fraction;
        int scale = (numberBase == 10 ? suffixExponent : 0) - parts.Fraction.Length;
        if (numberBase == 10)
        {
            // Short numbers that are canonical but for leading signs and zeros keep the way they were written.
            bool exact = 18 - shifted.Length >= 0 && scale >= -9;
            bool keeps = exact && scale % 3 == 0 && !shifted.EndsWith("000", StringComparison.Ordinal) && shifted[0] != '0';
            return exact ? new(signed, scale, format, keeps ? text : null) : Slow(signed, scale, format);
        }

        BigInteger product = signed * BigInteger.Pow(2, suffixExponent);
        bool plain = parts.Fraction.Length == 0 && 15 - parts.Whole.Length - (int)(suffixExponent * 3 / 10f) - 1 >= 0
            && product >= long.MinValue && product <= long.MaxValue;
        return plain
            ? new(product, 0, format, suffixExponent % 10 == 0 && (digits & 7) != 0 ? text : null)
            : Slow(product, scale, format);
    }

    /// <summary>Rounds away from zero to nine digits and caps binary amounts at the largest 64-bit number.</summary>
    private static Quantity Slow(BigInteger value, int scale, QuantityFormat format)
    {
        if (scale < -9)
        {
            value = DivideUp(value, BigInteger.Pow(10, -9 - scale));
            scale = -9;
        }

        var quantity = new Quantity(value, scale, format, null);
        if (format != QuantityFormat.BinarySi)
        {
            return quantity;
        }

        BigInteger whole = BigInteger.Abs(quantity.Scaled(0));
        if (whole > long.MaxValue)
        {
            return new(value.Sign * (BigInteger)long.MaxValue, 0, format, null);
        }

        bool belowOne = BigInteger.Abs(value) < BigInteger.Pow(10, Math.Max(0, -scale));
        return belowOne && !value.IsZero ? new(value, scale, QuantityFormat.DecimalSi, null) : quantity;
    }

    private static bool TryInterpret(string suffix, out int numberBase, out int power, out QuantityFormat format)
    {
        (numberBase, power, format) = (10, 0, QuantityFormat.DecimalSi);
        if (suffix.Length == 0)
        {
            return true;
        }

        int binary = Array.IndexOf(BinarySuffixes, suffix);
        if (binary >= 0)
        {
            (numberBase, power, format) = (2, (binary + 1) * 10, QuantityFormat.BinarySi);
            return true;
        }

        if (suffix.Length == 1)
        {
            int index = suffix[0] == ' ' ? -1 : DecimalSuffixes.IndexOf(suffix[0], StringComparison.Ordinal);
            power = (index * 3) - 9;
            return index >= 0;
        }

        format = QuantityFormat.DecimalExponent;
        return suffix[0] is 'e' or 'E'
            && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power);
    }

    private static string BinaryText(BigInteger value)
    {
        int index = 0;
        while (index < BinarySuffixes.Length && (value % 1024).IsZero)
        {
            value /= 1024;
            index++;
        }

        return value.ToString(CultureInfo.InvariantCulture) + (index == 0 ? "" : BinarySuffixes[index - 1]);
    }

    private static (BigInteger Mantissa, int Power) WithoutFactors(BigInteger value, int power)
    {
        while (!value.IsZero && (value % 10).IsZero)
        {
            value /= 10;
            power++;
        }

        return (value, power);
    }

    private static BigInteger DivideUp(BigInteger value, BigInteger divisor)
    {
        BigInteger quotient = BigInteger.DivRem(value, divisor, out BigInteger rest);
        return rest.IsZero ? quotient : quotient + value.Sign;
    }

    private static long Clamp(BigInteger value) =>
        value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;

    /// <summary>The unscaled number at a power of ten not above the own one.</summary>
    private BigInteger At(int power) => unscaled * BigInteger.Pow(10, exponent - power);

    /// <summary>The number in units of a power of ten, rounded away from zero.</summary>
    private BigInteger Scaled(int power) =>
        exponent >= power ? At(power) : DivideUp(unscaled, BigInteger.Pow(10, power - exponent));
}
