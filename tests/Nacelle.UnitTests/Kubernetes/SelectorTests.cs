using Nacelle.Kubernetes.Selectors;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes;

public sealed class SelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web", ["tier"] = "2", ["empty"] = "" };

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==db", false)]
    [InlineData("app!=db,missing!=x", true)]
    [InlineData("app in (web, db)", true)]
    [InlineData("app notin (web)", false)]
    [InlineData("empty in (,x)", true)]
    [InlineData("app", true)]
    [InlineData("!app", false)]
    [InlineData("tier>1", true)]
    [InlineData("tier<2", false)]
    [InlineData("in in (in)", false)]
    public void Matches_EachOperator_FollowsTheLabels(string selector, bool expected) =>
        Assert.Equal(expected, LabelSelector.Parse(selector).Matches(Labels));

    [Theory]
    [InlineData("app=web,", "found '', expected: identifier after ','")]
    [InlineData("app web", "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("app in web", "unable to parse requirement: found 'web' expected: '('")]
    [InlineData("tier>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer")]
    public void Parse_NotASelector_SaysWhatWasFound(string selector, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => LabelSelector.Parse(selector)).Message);

    [Theory]
    [InlineData("metadata.name=a", true)]
    [InlineData("metadata.name!=a", false)]
    [InlineData(@"metadata.name=a,spec.x=b\,c", true)]
    public void Matches_FieldTerms_AllMustHold(string selector, bool expected)
    {
        var fields = new Dictionary<string, string> { ["metadata.name"] = "a", ["spec.x"] = "b,c" };
        Assert.Equal(expected, FieldSelector.Parse(selector).Matches(field => fields.GetValueOrDefault(field, "")));
    }

    [Fact]
    public void Parse_FieldSelectorWithoutOperator_SaysWhichPart() =>
        Assert.Equal("invalid selector: 'a=b,c'; can't understand 'c'",
            Assert.Throws<FormatException>(() => FieldSelector.Parse("a=b,c")).Message);
}
