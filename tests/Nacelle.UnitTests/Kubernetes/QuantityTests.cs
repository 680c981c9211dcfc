using Nacelle.Kubernetes.Quantities;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("0.5", "500m")]
    [InlineData("1500m", "1500m")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1e3", "1e3")]
    [InlineData("1e-1", "100e-3")]
    [InlineData("0.0001", "100u")]
    [InlineData("-1", "-1")]
    [InlineData("+3", "+3")]
    [InlineData("0", "0")]
    [InlineData("00", "0")]
    [InlineData("100000", "100k")]
    [InlineData("0.5Ki", "512")]
    [InlineData(".5", "500m")]
    [InlineData("1E", "1E")]
    [InlineData("9Ei", "9223372036854775807")]
    public void Parse_ValidText_GivesTheCanonicalForm(string text, string canonical) =>
        Assert.Equal(canonical, Quantity.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1 Gi")]
    [InlineData("ten")]
    public void Parse_WrongForm_NamesTheExpression(string text) =>
        Assert.StartsWith("quantities must match", Assert.Throws<FormatException>(() => Quantity.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_UnknownSuffix_SaysSo() =>
        Assert.Equal("unable to parse quantity's suffix", Assert.Throws<FormatException>(() => Quantity.Parse("1kM")).Message);

    [Theory]
    [InlineData("1", "1000m", 0)]
    [InlineData("1Gi", "1G", 1)]
    [InlineData("-1", "0", -1)]
    public void CompareTo_DifferentForms_ComparesAmounts(string left, string right, int expected) =>
        Assert.Equal(expected, Quantity.Parse(left).CompareTo(Quantity.Parse(right)));

    [Fact]
    public void Value_Fraction_RoundsAwayFromZero()
    {
        Assert.Equal(2, Quantity.Parse("1.1").Value);
        Assert.Equal(1100, Quantity.Parse("1.1").MilliValue);
        Assert.Equal(1, Quantity.Parse("1n").MilliValue);
    }
}
