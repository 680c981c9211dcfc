using Nacelle.Inspect.Processes;
using Xunit;

namespace Nacelle.UnitTests.Inspect;

public sealed class EscapedTextTests
{
    [Theory]
    [InlineData("706C61696E206E616D65", "plain name")]
    [InlineData("C3A9E5908D", "é名")]
    [InlineData("610A62", @"a\nb")]
    [InlineData("610D0962", @"a\r\tb")]
    [InlineData("1B5B324A", @"\x1b[2J")]
    [InlineData("615C78", @"a\\x")]
    [InlineData("61FF62", @"a\xffb")]
    [InlineData("C3", @"\xc3")]
    [InlineData("E2808E61", @"\xe2\x80\x8ea")]
    [InlineData("C29B", @"\xc2\x9b")]
    [InlineData("", "")]
    public void Of_BytesOfAnyKind_IsSafeOnATerminalAndNeverAmbiguous(string hex, string expected) =>
        Assert.Equal(expected, EscapedText.Of(Convert.FromHexString(hex)));
}
