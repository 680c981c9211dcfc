using Nacelle.Runtime.Images;
using Nacelle.Runtime.Images.State;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Images;

public sealed class ImageIndexTests
{
    private static readonly Digest First = Digest.Of("1"u8);
    private static readonly Digest Second = Digest.Of("2"u8);
    private static readonly ImageReference Nginx = ImageReference.Parse("nginx");

    [Theory]
    [InlineData("nginx")]
    [InlineData("docker.io/library/nginx:latest")]
    [InlineData("sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b")]
    [InlineData("6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b")]
    [InlineData("6b86b273ff34")]
    [InlineData("nginx@sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b")]
    public void Find_AnyOfItsNames_GivesTheImage(string text) =>
        Assert.NotNull(new ImageIndex().With(Image(First), Nginx, First).Find(text));

    [Theory]
    [InlineData("busybox")]
    [InlineData("nginx:1.2")]
    [InlineData("6b86b273ff3")]
    [InlineData("")]
    [InlineData("not a reference")]
    public void Find_SomethingElse_IsNull(string text) =>
        Assert.Null(new ImageIndex().With(Image(First), Nginx, First).Find(text));

    [Fact]
    public void With_TagOfAnotherImage_Moves()
    {
        ImageIndex index = new ImageIndex().With(Image(First), Nginx, First).With(Image(Second), Nginx, Second);

        Assert.Equal(Second.ToString(), index.Find("nginx")!.Id);
        Assert.Equal(First.ToString(), index.Find($"nginx@{First}")!.Id);
        Assert.Equal(2, index.Named().Count());
    }

    [Fact]
    public void WithoutUnused_HeldImageWithoutNames_StaysButIsNotFound()
    {
        ImageIndex index = new ImageIndex().With(Image(First), Nginx, First).WithoutNames(First.ToString());

        Assert.Null(index.Find(First.ToString()));
        Assert.Single(index.WithoutUnused(_ => true).Images);
        Assert.Empty(index.WithoutUnused(_ => false).Images);
    }

    [Fact]
    public void From_NameOfAnImageThatIsGone_IsDropped() =>
        Assert.Empty(ImageIndex.From([Image(First)], [new StoredReference(Nginx.Key, Second.ToString(), Second.ToString())]).References);

    private static StoredImage Image(Digest id) => new() { Id = id.ToString(), Config = new StoredConfig(), Layers = [] };
}
