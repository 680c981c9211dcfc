using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.UnitTests.Linux;

public sealed class ProcessFactsTests
{
    [Theory]
    [InlineData(4194560u, false)]
    [InlineData(4194564u, true)]
    public void IsExiting_KernelFlags_SayWhetherItIsEnding(uint flags, bool expected) =>
        Assert.Equal(expected, new ProcessFacts(1, "pause", 'S', 0, flags, 1).IsExiting);

    [Theory]
    [InlineData('S', 1, false)]
    [InlineData('Z', 1, true)]
    [InlineData('Z', 2, false)]
    [InlineData('X', 0, true)]
    public void HasEnded_FirstThreadOnly_GoesOn(char state, int threads, bool expected) =>
        Assert.Equal(expected, new ProcessFacts(1, "app", state, 0, 0, 1, threads).HasEnded);

    [Fact]
    public void Parse_NameWithParenthesisAndSpace_ReadsTheFieldsAfterIt()
    {
        var facts = ProcessFacts.Parse("42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 200 18446744073709551615");

        Assert.Equal(new ProcessFacts(42, "a) b (c", 'S', 7, 4194560, 987654), facts);
    }

    [Fact]
    public void TryRead_OwnProcess_IsRunning()
    {
        var own = ProcessFacts.TryRead(Environment.ProcessId);

        Assert.NotNull(own);
        Assert.True(ProcessFacts.IsRunning(own.Pid, own.StartTicks));
        Assert.False(ProcessFacts.IsRunning(own.Pid, own.StartTicks + 1));
    }
}
