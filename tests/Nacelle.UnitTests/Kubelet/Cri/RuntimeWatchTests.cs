using Nacelle.Kubelet.Cri;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Cri;

public sealed class RuntimeWatchTests
{
    [Fact]
    public void Changed_NewGoneAndOtherState_NamesTheirPods()
    {
        var before = new Dictionary<string, (string, int)> { ["c1"] = ("same", 1), ["c2"] = ("ended", 1), ["c3"] = ("gone", 1) };
        var after = new Dictionary<string, (string, int)> { ["c1"] = ("same", 1), ["c2"] = ("ended", 2), ["c4"] = ("new", 0) };

        Assert.Equal(["ended", "gone", "new"], RuntimeWatch.Changed(before, after).Order());
    }
}
