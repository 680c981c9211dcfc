using System.Text;
using Nacelle.Inspect.Processes;
using Xunit;

namespace Nacelle.UnitTests.Inspect.Processes;

public sealed class SchedStatFileTests
{
    [Fact]
    public void TryParse_ThreeNumbers_AreRead()
    {
        Assert.True(SchedStatFile.TryParse("18446744073709551615 36000 17\n"u8, out var file));

        Assert.Equal(new SchedStatFile(ulong.MaxValue, 36000, 17), file);
    }

    /// <summary>The kernel writes zeros where it keeps no count: they must not pass for a process that did not run.</summary>
    [Theory]
    [InlineData("0 0 0\n")]
    [InlineData("")]
    [InlineData("12 34")]
    [InlineData("12 34 x")]
    public void TryParse_NoCount_IsRefused(string text) => Assert.False(SchedStatFile.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
