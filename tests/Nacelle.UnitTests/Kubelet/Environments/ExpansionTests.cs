using Nacelle.Kubelet.Environments;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Environments;

public sealed class ExpansionTests
{
    private static readonly Dictionary<string, string> Known = new() { ["A"] = "a", ["B"] = "$(A)", ["EMPTY"] = "" };

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$(A)", "a")]
    [InlineData("x$(A)y$(A)z", "xayaz")]
    [InlineData("$(B)", "$(A)")] // a value is not expanded again
    [InlineData("[$(EMPTY)]", "[]")]
    [InlineData("$(UNKNOWN)", "$(UNKNOWN)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$$$(A)", "$a")]
    [InlineData("$$$$(A)", "$$(A)")]
    [InlineData("$A", "$A")]
    [InlineData("$(A", "$(A")]
    [InlineData("$(A$(A)", "$(A$(A)")] // the name is all up to the first )
    [InlineData("costs 5$", "costs 5$")]
    [InlineData("$", "$")]
    [InlineData("$$", "$")]
    [InlineData("$()", "$()")]
    [InlineData("ü$(A)ü", "üaü")]
    public void Expand_Text_IsWhatKubernetesMakesOfIt(string text, string expected) =>
        Assert.Equal(expected, Expansion.Expand(text, Known.GetValueOrDefault));

    [Fact]
    public void ExpandAll_NoCommand_IsEmpty() => Assert.Empty(Expansion.ExpandAll(null, []));
}
