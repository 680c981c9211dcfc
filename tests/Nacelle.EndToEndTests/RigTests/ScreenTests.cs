using System.Text;
using Nacelle.EndToEndTests.Terminals;
using Xunit;

namespace Nacelle.EndToEndTests.RigTests;

public sealed class ScreenTests
{
    [Theory]
    [InlineData("one\r\ntwo", "one\ntwo")]
    [InlineData("one\ntwo", "one\n   two")]
    [InlineData("abc\rX", "Xbc")]
    [InlineData("abc\b\bX", "aXc")]
    [InlineData("a\tb", "a       b")]
    [InlineData("0123456789abc", "0123456789\nabc")]
    [InlineData("0123456789\r\nx", "0123456789\nx")]
    [InlineData("0123456789\rX", "X123456789")]
    [InlineData("abc\e[2DX", "aXc")]
    [InlineData("abc\e[1G\e[K", "")]
    [InlineData("abc\e[2G\e[1K", "  c")]
    [InlineData("abc\r\ndef\e[1;1H\e[J", "")]
    [InlineData("abc\e[2J\e[HX", "X")]
    [InlineData("abcdef\e[3G\e[2P", "abef")]
    [InlineData("abc\e[2G\e[@X", "aXbc")]
    [InlineData("a\e[31;1mb\e[0mc", "abc")]
    [InlineData("a\e]0;title\ab", "ab")]
    [InlineData("a\e[?2004hb", "ab")]
    [InlineData("a\e7bc\e8X", "aXc")]
    [InlineData("a\e(Bb", "ab")]
    [InlineData("é→😀", "é→😀")]
    public void Feed_ControlSequence_ShowsWhatATerminalShows(string output, string expected)
        => Assert.Equal(expected, Show(10, 4, output).Text);

    [Fact]
    public void Feed_MoreLinesThanRows_KeepsTheLinesThatScrolledOff()
    {
        var screen = Show(10, 2, "1\r\n2\r\n3\r\n4");

        Assert.Equal("3\n4", screen.Text);
        Assert.Equal("1\n2\n3\n4", screen.Transcript);
        Assert.Equal(3, screen.AbsoluteRow);
        Assert.Equal(["2", "3"], screen.Lines(1, 3));
    }

    [Fact]
    public void Feed_BytesOneByOne_ShowsTheSame()
    {
        var screen = new Screen(10, 4);
        var parser = new EscapeParser(screen, _ => { });
        foreach (var one in Encoding.UTF8.GetBytes("é\e[31mx\e[1;1H→"))
        {
            parser.Feed([one]);
        }

        Assert.Equal("→x", screen.Text);
    }

    [Fact]
    public void Feed_QuestionForTheCursor_AnswersItsPlace()
    {
        var screen = new Screen(10, 4);
        var answers = new List<string>();
        new EscapeParser(screen, answers.Add).Feed("ab\r\nc\e[6n"u8);

        Assert.Equal(["\e[2;2R"], answers);
    }

    [Fact]
    public void Resize_Smaller_KeepsTheCursorsLineVisible()
    {
        var screen = Show(10, 4, "1\r\n2\r\n3\r\n4");
        screen.Resize(5, 2);

        Assert.Equal("3\n4", screen.Text);
        Assert.Equal((1, 1), (screen.CursorRow, screen.CursorColumn));
    }

    private static Screen Show(int columns, int rows, string output)
    {
        var screen = new Screen(columns, rows);
        new EscapeParser(screen, _ => { }).Feed(Encoding.UTF8.GetBytes(output));
        return screen;
    }
}
