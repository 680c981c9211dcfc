using Nacelle.Inspect.Processes;
using Xunit;

namespace Nacelle.UnitTests.Inspect.Processes;

public sealed class PodTimeTests
{
    [Theory]
    [InlineData("/a/pod1/c1", "/a/pod1/c2", "/a/pod1/")]
    [InlineData("/a/pod1/c1", "/a/pod1/c10", "/a/pod1/")]
    [InlineData("/a/pod1/c1", "/a/pod1", "/a/pod1/")]
    [InlineData("/a/pod1", "/a/pod1/c1", "/a/pod1/")]
    [InlineData("/a/pod1", "/a/pod10", "/a/")]
    [InlineData("/a", "/b", "/")]
    [InlineData("/", "/b", "/")]
    public void Around_TwoGroups_IsTheOneThatCountsForBoth(string one, string other, string expected) => Assert.Equal(expected, PodTime.Around(one, other));
}
