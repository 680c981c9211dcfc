using System.Text;
using Nacelle.Inspect.Processes;
using Xunit;

namespace Nacelle.UnitTests.Inspect.Processes;

public sealed class StatFileTests
{
    // Fields 4 to 52 of a real file: a session leader on a terminal with nice -5, so that tpgid, priority and nice are negative.
    private const string Rest =
        "17 42 42 34816 -1 4194560 100 0 0 0 250 150 0 0 -20 -5 3 0 987654 5000000 321 18446744073709551615 "
        + "94000000 94001000 140700 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 94002000 94003000 94004000 140800 140900 140950 141000 0\n";

    [Theory]
    [InlineData("sh")]
    [InlineData("a b")]
    [InlineData(")")]
    [InlineData("x) S 1 (y")]
    [InlineData("new\nline")]
    [InlineData("")]
    public void TryParse_AnyName_ReadsWhatStandsBehindIt(string name)
    {
        var text = Encoding.UTF8.GetBytes($"42 ({name}) S {Rest}");

        Assert.True(StatFile.TryParse(text, out var stat));

        Assert.Equal(name, Encoding.UTF8.GetString(text[stat.Name]));
        Assert.Equal((byte)'S', stat.State);
        Assert.Equal(17, stat.ParentPid);
        Assert.Equal(400, stat.CpuTicks);
        Assert.Equal(3, stat.Threads);
        Assert.Equal(987654, stat.StartTicks);
        Assert.Equal(321, stat.ResidentPages);
    }

    [Theory]
    [InlineData("94000000 94001000 140700", "94000000 94001000 140701")]
    [InlineData("94004000 140800", "94004000 140801")]
    public void TryParse_AnotherProgramOrStack_IsAnotherImage(string before, string after)
    {
        Assert.True(StatFile.TryParse(Encoding.ASCII.GetBytes($"42 (sh) S {Rest}"), out var first));
        Assert.True(StatFile.TryParse(Encoding.ASCII.GetBytes($"42 (sh) S {Rest.Replace(before, after, StringComparison.Ordinal)}"), out var second));

        Assert.NotEqual(first.Image, second.Image);
    }

    /// <summary>What the kernel gives of a zombie.</summary>
    [Fact]
    public void TryParse_Zombie_HasNoImage()
    {
        const string text = "42 (sh) Z 17 42 42 0 -1 4227084 0 0 0 0 0 0 0 0 20 0 1 0 987654 0 0 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

        Assert.True(StatFile.TryParse(Encoding.ASCII.GetBytes(text), out var stat));

        Assert.Equal(0UL, stat.Image);
        Assert.Equal((byte)'Z', stat.State);
    }

    [Fact]
    public void TryParse_TextCutAnywhereBeforeTheResidentPages_IsRefused()
    {
        var text = Encoding.ASCII.GetBytes($"42 (sh) S {Rest}");
        var end = Encoding.ASCII.GetString(text).IndexOf(" 321", StringComparison.Ordinal);
        for (var length = 0; length <= end; length++)
        {
            Assert.False(StatFile.TryParse(text.AsSpan(0, length), out _), Encoding.ASCII.GetString(text, 0, length));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(")(")]
    [InlineData("42 (sh)")]
    [InlineData("42 sh S 1 2 3")]
    [InlineData("42 (sh) S one two")]
    public void TryParse_NoStatFile_IsRefused(string text) => Assert.False(StatFile.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
