using Nacelle.Kubelet.Environments;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Environments;

public sealed class GoTextTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("tab\tline\n", "\"tab\\tline\\n\"")]
    [InlineData("\u001b\u007f", "\"\\x1b\\x7f\"")]
    [InlineData("grün €", "\"grün €\"")]
    [InlineData("\u00a0\u200b", "\"\\u00a0\\u200b\"")]
    [InlineData("😀", "\"😀\"")]
    public void Quote_Text_IsAsGoWritesIt(string text, string expected) => Assert.Equal(expected, GoText.Quote(text));
}
