using System.Security.Cryptography;
using Nacelle.Runtime.Images;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Images;

public sealed class DigestTests
{
    [Fact]
    public void Of_KnownContent_IsItsSha256() =>
        Assert.Equal("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Digest.Of("abc"u8).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../etc/passwd12345")]
    [InlineData("sha1:ba7816bf8f01cfea414140de5dae2223b00361a3")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(Digest.TryParse(text, out _));

    [Fact]
    public void Matches_Sha512_UsesThatAlgorithm()
    {
        Digest digest = Digest.Parse("sha512:" + Convert.ToHexStringLower(SHA512.HashData("abc"u8)));

        Assert.True(digest.Matches("abc"u8));
        Assert.False(digest.Matches("abd"u8));
    }
}
