using System.Runtime.InteropServices;
using Nacelle.Inspect.Processes;
using Xunit;

namespace Nacelle.UnitTests.Inspect.Processes;

public sealed class SignalWaitTests
{
    private static readonly string Call = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "137" : "128";

    [Fact]
    public void Find_WaitForSignals_IsWhereTheSetLies() =>
        Assert.Equal(0x7fff47e62548, SignalWait.Find($"{Call} 0x7fff47e62548 0x7fff47e625c8 0x0 0x8 0x0 0x2174b680 0x7fff47e62510 0x44142f\n"));

    [Theory]
    [InlineData("running\n")]
    [InlineData("")]
    [InlineData("-1 0x7fff47e62510 0x44142f\n")]
    [InlineData("1 0x7fff47e62548 0x0 0x0 0x0 0x0 0x0 0x7fff47e62510 0x44142f\n")]
    public void Find_AnythingElse_IsNull(string text) => Assert.Null(SignalWait.Find(text));

    [Theory]
    [InlineData(" 0x0 0x0\n")]
    [InlineData(" 7fff 0x0\n")]
    [InlineData(" 0xffffffffffffffff 0x0\n")]
    [InlineData("")]
    public void Find_AddressThatIsNone_IsNull(string rest) => Assert.Null(SignalWait.Find(Call + rest));
}
