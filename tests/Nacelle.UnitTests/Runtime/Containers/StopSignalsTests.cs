using Nacelle.Runtime.Containers;
using Xunit;
using CriSignal = Runtime.V1.Signal;

namespace Nacelle.UnitTests.Runtime.Containers;

public sealed class StopSignalsTests
{
    [Theory]
    [InlineData(CriSignal.RuntimeDefault, "", 15)]
    [InlineData(CriSignal.RuntimeDefault, "SIGQUIT", 3)]
    [InlineData(CriSignal.RuntimeDefault, "37", 37)]
    [InlineData(CriSignal.RuntimeDefault, "nonsense", 15)]
    [InlineData(CriSignal.Sigusr1, "SIGQUIT", 10)]
    [InlineData(CriSignal.Sigrtminplus3, "", 37)]
    public void Resolve_RequestThenImageThenTerm(CriSignal requested, string image, int expected) =>
        Assert.Equal(expected, (int)StopSignals.Resolve(requested, image));

    [Theory]
    [InlineData(15, CriSignal.Sigterm)]
    [InlineData(3, CriSignal.Sigquit)]
    [InlineData(37, CriSignal.Sigrtminplus3)]
    public void ToCri_Number_GivesTheName(int number, CriSignal expected) => Assert.Equal(expected, StopSignals.ToCri(number));
}
