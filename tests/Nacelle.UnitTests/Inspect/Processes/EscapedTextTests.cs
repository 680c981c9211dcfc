using System.Text;
using Nacelle.Inspect.Processes;
using Xunit;

namespace Nacelle.UnitTests.Inspect.Processes;

public sealed class EscapedTextTests
{
    [Theory]
    [InlineData("nginx: worker", "nginx: worker")]
    [InlineData("größe 文 🚀", "größe 文 🚀")]
    [InlineData("a\nb\tc\rd", @"a\nb\tc\rd")]
    [InlineData(@"a\nb", @"a\\nb")]
    [InlineData("\u001b[2J", @"\x1b[2J")]
    [InlineData("\u007f", @"\x7f")]
    [InlineData("\u009b31m", @"\xc2\x9b31m")]
    [InlineData("\u202egpj.exe", @"\xe2\x80\xaegpj.exe")]
    [InlineData("a\u200bb", @"a\xe2\x80\x8bb")]
    [InlineData("a\u2028b", @"a\xe2\x80\xa8b")]
    [InlineData("\0", @"\x00")]
    [InlineData("", "")]
    public void Of_Text_ShowsNothingThatATerminalObeys(string text, string expected) =>
        Assert.Equal(expected, EscapedText.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Of_BytesThatAreNoUtf8_ShowsEachAsItsNumber() => Assert.Equal(@"a\xff\xfeb\xc3", EscapedText.Of([(byte)'a', 0xff, 0xfe, (byte)'b', 0xc3]));

    [Fact]
    public void Of_TextsThatDiffer_NeverLookTheSame()
    {
        string[] texts = ["\n", @"\n", @"\\n", @"\x0a", "\u001b", @"\x1b"];

        Assert.Equal(texts.Length, texts.Select(t => EscapedText.Of(Encoding.UTF8.GetBytes(t))).Distinct().Count());
    }
}
