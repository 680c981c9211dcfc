using Nacelle.Kubernetes;
using Xunit;

namespace Nacelle.UnitTests.ApiServer;

public sealed class HumanDurationTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(125, "2m5s")]
    [InlineData(600, "10m")]
    [InlineData(3 * 3600 - 1, "179m")]
    [InlineData(3 * 3600, "3h")]
    [InlineData(3 * 3600 + 300, "3h5m")]
    [InlineData(8 * 3600 + 300, "8h")]
    [InlineData(49 * 3600, "2d1h")]
    [InlineData(8 * 86400 + 3600, "8d")]
    [InlineData(800 * 86400, "2y70d")]
    public void Format_Seconds_AsKubectlPrintsThem(int seconds, string expected) =>
        Assert.Equal(expected, HumanDuration.Format(TimeSpan.FromSeconds(seconds)));
}
