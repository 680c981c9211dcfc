using Microsoft.Extensions.Time.Testing;
using Nacelle.Kubelet.Events;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Events;

public sealed class EventTests
{
    private static readonly EventKey Key = new("u", null, "Normal", "Pulled", "text");

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(312.9, "312ms")]
    [InlineData(1500, "1.5s")]
    [InlineData(10_000, "10s")]
    [InlineData(80_000, "1m20s")]
    [InlineData(300_000, "5m0s")]
    [InlineData(3_723_004, "1h2m3.004s")]
    public void Duration_Milliseconds_ReadsAsGoPrintsIt(double milliseconds, string expected) =>
        Assert.Equal(expected, EventTexts.Duration(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void Texts_Pulls_ReadAsKubernetesPrintsThem()
    {
        Assert.Equal(
            "Successfully pulled image \"nginx\" in 1.234s (1.234s including waiting). Image size: 72099410 bytes.",
            EventTexts.Pulled("nginx", TimeSpan.FromMilliseconds(1234), TimeSpan.FromMilliseconds(1234), 72099410));
        Assert.Equal("Container image \"nginx\" already present on machine", EventTexts.AlreadyPresent("nginx"));
        Assert.Equal("Back-off pulling image \"x\"", EventTexts.BackOffPull("x"));
        Assert.Equal("Container image \"x\" is not present with pull policy of Never", EventTexts.NeverPull("x"));
        Assert.Equal(
            "Failed to apply default image tag \"X:y:z\": couldn't parse image name \"X:y:z\": invalid reference format",
            EventTexts.InvalidImage("X:y:z"));
        Assert.Equal(
            "back-off 10s restarting failed container=a pod=p_default(uid-1)",
            EventTexts.CrashLoop(TimeSpan.FromSeconds(10), "a", "p_default(uid-1)"));
    }

    [Fact]
    public void Judge_SameEventAgain_IsCountedOnTheFirst()
    {
        var correlator = new EventCorrelator(new FakeTimeProvider(Pods.Epoch));
        var first = correlator.Judge(Key);
        correlator.Created(Key, "p.1");

        var second = correlator.Judge(Key);

        Assert.Equal((null, 1), (first.ExistingName, first.Count));
        Assert.Equal(("p.1", 2), (second.ExistingName, second.Count));
        Assert.Null(correlator.Judge(Key with { Message = "other" }).ExistingName);
    }

    [Fact]
    public void Judge_Flood_IsStoppedAfter25AndRefillsSlowly()
    {
        var time = new FakeTimeProvider(Pods.Epoch);
        var correlator = new EventCorrelator(time);
        var passed = Enumerable.Range(0, 40).Count(i => !correlator.Judge(Key with { Message = $"m{i}" }).Drop);

        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(25, passed);
        Assert.False(correlator.Judge(Key with { Message = "later" }).Drop);
        Assert.True(correlator.Judge(Key with { Message = "too soon" }).Drop);
        Assert.False(correlator.Judge(Key with { ObjectUid = "other" }).Drop);
    }
}
