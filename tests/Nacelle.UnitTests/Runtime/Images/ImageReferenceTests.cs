using Nacelle.Runtime.Images;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Images;

public sealed class ImageReferenceTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("nginx", "docker.io/library/nginx:latest")]
    [InlineData("nginx:1.14.2", "docker.io/library/nginx:1.14.2")]
    [InlineData("docker.io/nginx", "docker.io/library/nginx:latest")]
    [InlineData("index.docker.io/nginx", "docker.io/library/nginx:latest")]
    [InlineData("docker.io/library/nginx:latest", "docker.io/library/nginx:latest")]
    [InlineData("bitnami/redis", "docker.io/bitnami/redis:latest")]
    [InlineData("localhost/app", "localhost/app:latest")]
    [InlineData("localhost:5000/app:v1", "localhost:5000/app:v1")]
    [InlineData("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10")]
    [InlineData("gcr.io/a/b/c_d-e.f:T_a.g-1", "gcr.io/a/b/c_d-e.f:T_a.g-1")]
    [InlineData("[::1]:5000/app", "[::1]:5000/app:latest")]
    [InlineData("nginx@sha256:" + Hex, "docker.io/library/nginx@sha256:" + Hex)]
    [InlineData("nginx:1@sha256:" + Hex, "docker.io/library/nginx:1@sha256:" + Hex)]
    public void Parse_ValidReference_IsNormalised(string text, string expected) =>
        Assert.Equal(expected, ImageReference.Parse(text).ToString());

    [Theory]
    [InlineData("", "invalid reference format")]
    [InlineData("nginx:", "invalid reference format")]
    [InlineData("nginx:a b", "invalid reference format")]
    [InlineData("nginx:-a", "invalid reference format")]
    [InlineData("Nginx", "invalid reference format: repository name must be lowercase")]
    [InlineData("a//b", "invalid reference format")]
    [InlineData("a/../b", "invalid reference format")]
    [InlineData("-a", "invalid reference format")]
    [InlineData("a___b", "invalid reference format")]
    [InlineData("http://host/a", "invalid reference format")]
    [InlineData("nginx\n", "invalid reference format")]
    [InlineData("nginx@sha256:abc", "invalid digest")]
    [InlineData("nginx@md5:0123456789abcdef0123456789abcdef", "invalid digest")]
    [InlineData(Hex, "invalid repository name (" + Hex + "), cannot specify 64-byte hexadecimal strings")]
    public void Parse_InvalidReference_NamesTheReason(string text, string reason)
    {
        ImageException failure = Assert.Throws<ImageException>(() => ImageReference.Parse(text));

        Assert.Equal(ImageError.InvalidReference, failure.Error);
        Assert.Equal($"failed to parse image reference \"{text}\": {reason}", failure.Message);
    }

    [Fact]
    public void Parse_NameOfMoreThan255Characters_IsRefused() =>
        Assert.False(ImageReference.TryParse(new string('a', 246), out _, out _));

    [Fact]
    public void Key_TagAndDigest_IsTheDigest()
    {
        ImageReference reference = ImageReference.Parse("nginx:1@sha256:" + Hex);

        Assert.Equal("docker.io/library/nginx@sha256:" + Hex, reference.Key);
        Assert.Equal("sha256:" + Hex, reference.ManifestName);
    }
}
