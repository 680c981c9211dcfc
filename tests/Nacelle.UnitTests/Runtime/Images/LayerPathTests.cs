using System.Text;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Images.Layers;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Images;

public sealed class LayerPathTests
{
    [Theory]
    [InlineData("a/b/c", "Entry", "a/b", "c")]
    [InlineData("./a/./b//c/", "Entry", "a/b", "c")]
    [InlineData("/etc/passwd", "Entry", "etc", "passwd")]
    [InlineData("a", "Entry", "", "a")]
    [InlineData("a/..b", "Entry", "a", "..b")]
    [InlineData("./", "Root", "", "")]
    [InlineData("/", "Root", "", "")]
    [InlineData("a/.wh.b", "Whiteout", "a", "b")]
    [InlineData(".wh.b", "Whiteout", "", "b")]
    [InlineData("a/.wh..wh..opq", "Opaque", "a", "")]
    [InlineData("a/.wh..wh.plnk", "Ignored", "a", "")]
    public void Parse_Name_SaysWhereItLeads(string text, string kind, string parent, string name)
    {
        LayerPath path = LayerPath.Parse(Encoding.UTF8.GetBytes(text));

        Assert.Equal(kind, path.Kind.ToString());
        Assert.Equal(parent, Encoding.UTF8.GetString(path.Parent));
        Assert.Equal(name, Encoding.UTF8.GetString(path.Name));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("/..")]
    [InlineData("a/.wh...")]
    [InlineData("a/.wh..")]
    [InlineData("a/.wh.")]
    [InlineData("../.wh.a")]
    public void Parse_NameThatLeavesItsDirectory_IsCorrupt(string text) =>
        Assert.Equal(ImageError.Corrupt, Assert.Throws<ImageException>(() => LayerPath.Parse(Encoding.UTF8.GetBytes(text))).Error);
}
