using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.UnitTests.Linux;

public sealed class SignalNamesTests
{
    [Theory]
    [InlineData("SIGTERM", 15)]
    [InlineData("TERM", 15)]
    [InlineData("sigquit", 3)]
    [InlineData("9", 9)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("RTMAX-1", 63)]
    [InlineData("SIGIOT", 6)]
    public void TryParse_NameOrNumber_GivesSignal(string text, int expected)
    {
        Assert.True(SignalNames.TryParse(text, out var signal));
        Assert.Equal(expected, (int)signal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIG")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("SIGRTMIN+31")]
    [InlineData("SIGNOPE")]
    public void TryParse_NoSignal_IsRefused(string text) => Assert.False(SignalNames.TryParse(text, out _));

    [Theory]
    [InlineData(15, "SIGTERM")]
    [InlineData(37, "SIGRTMIN+3")]
    public void Format_Signal_GivesItsName(int signal, string expected) => Assert.Equal(expected, SignalNames.Format((Signal)signal));
}
