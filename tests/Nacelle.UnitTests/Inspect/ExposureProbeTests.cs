using Nacelle.Inspect.Exposure;
using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.UnitTests.Inspect;

public sealed class ExposureProbeTests
{
    [Fact]
    public void Parse_Answers_AreTakenByAttemptAndAccess()
    {
        var outcomes = ExposureProbe.Parse("0 l ok\n0 e no EACCES\n12 m unknown EINTR\n");
        Assert.Equal(new AttemptOutcome(true, ""), outcomes[(0, Access.List)]);
        Assert.Equal(new AttemptOutcome(false, "EACCES"), outcomes[(0, Access.Environ)]);
        Assert.Equal(new AttemptOutcome(null, "EINTR"), outcomes[(12, Access.Memory)]);
        Assert.Equal(3, outcomes.Count);
    }

    [Theory]
    [InlineData("x l ok")]
    [InlineData("0 x ok")]
    [InlineData("0 ll ok")]
    [InlineData("-1 l ok")]
    [InlineData("0 l")]
    [InlineData("0 l ok a b")]
    public void Parse_LineOfAnotherForm_IsPassedOver(string line) => Assert.Empty(ExposureProbe.Parse(line));

    [Fact]
    public void Parse_ErrorLine_IsToldWithoutControlCharacters()
    {
        var fault = Assert.Throws<ProbeException>(() => ExposureProbe.Parse("0 l ok\nerror setns: \u001b[31mOperation not permitted\n"));
        Assert.Equal("setns: [31mOperation not permitted", fault.Message);
    }

    [Fact]
    public void Parse_SameAnswerTwice_TheFirstCounts() =>
        Assert.True(ExposureProbe.Parse("0 l ok\n0 l no EPERM\n")[(0, Access.List)].Open);
}
