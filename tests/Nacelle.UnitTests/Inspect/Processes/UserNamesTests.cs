using System.Text;
using Nacelle.Inspect.Processes;
using Xunit;

namespace Nacelle.UnitTests.Inspect.Processes;

public sealed class UserNamesTests
{
    [Fact]
    public void Parse_Passwd_NamesItsUsers()
    {
        var names = UserNames.Parse("root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101::/:/bin/false\n"u8);

        Assert.Equal("root", names[0]);
        Assert.Equal("nginx", names[101]);
        Assert.Equal(2, names.Count);
    }

    [Fact]
    public void Parse_OneUidTwice_TakesTheFirstAsTheLibraryDoes() => Assert.Equal("root", UserNames.Parse("root:x:0:0:\ntoor:x:0:0:\n"u8)[0]);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData(":x:7:")]
    [InlineData("name")]
    [InlineData("name:x")]
    [InlineData("name:x:7")]
    [InlineData("name:x:seven:")]
    [InlineData("name:x:-1:")]
    [InlineData("name:x:4294967296:")]
    [InlineData("name:x:7x:")]
    [InlineData("na me:x:7:")]
    [InlineData("na\u001bme:x:7:")]
    [InlineData("näme:x:7:")]
    [InlineData("0:x:7:")]
    [InlineData("123456:x:7:")]
    [InlineData("a-name-that-is-longer-than-any-user-has:x:7:")]
    public void Parse_HostileLine_GivesNoName(string text) => Assert.Empty(UserNames.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Parse_HostileLineBetweenGoodOnes_LosesThatLineOnly()
    {
        var names = UserNames.Parse("a:x:1:\n\u001b[31m:x:2:\nc:x:3:"u8);

        Assert.Equal([1u, 3u], names.Keys.Order());
    }
}
