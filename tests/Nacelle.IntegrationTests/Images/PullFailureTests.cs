using System.Collections.Immutable;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Images.Layers;
using Xunit;
using static Nacelle.IntegrationTests.Images.TestImage;

namespace Nacelle.IntegrationTests.Images;

public sealed class PullFailureTests
{
    [Fact]
    public async Task PullAsync_ImageThatDoesNotExist_SaysSoAsContainerdDoes()
    {
        await using TestStore test = await TestStore.StartAsync();
        string name = $"{test.Registry.Domain}/nope:latest";

        ImageException failure = await test.FailAsync("nope");

        Assert.Equal(ImageError.NotFound, failure.Error);
        Assert.Equal($"failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": {name}: not found", failure.Message);
        test.AssertEmpty();
    }

    [Fact]
    public async Task PullAsync_RegistryThatIsNotThere_NamesTheRequest()
    {
        await using TestStore test = await TestStore.StartAsync();

        ImageException failure = await Assert.ThrowsAsync<ImageException>(() => test.Store.PullAsync("127.0.0.1:1/app", null, CancellationToken.None));

        Assert.Equal(ImageError.Registry, failure.Error);
        Assert.Contains("failed to do request: Head \"http://127.0.0.1:1/v2/app/manifests/latest\": Connection refused", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PullAsync_LayerWithAnotherDigest_KeepsNothing()
    {
        await using TestStore test = await TestStore.StartAsync();
        TestImage image = test.Registry.Add("app", "latest", new TestImage().With(File("good")).With(File("bad")));
        byte[] damaged = [.. image.Layers[1].Blob];
        damaged[^9] ^= 1;
        test.Registry.Put($"/v2/app/blobs/{Digest.Of(image.Layers[1].Blob)}", "application/octet-stream", damaged);

        ImageException failure = await test.FailAsync("app");

        Assert.Equal(ImageError.Corrupt, failure.Error);
        Assert.Contains($"unexpected digest of blob {Digest.Of(image.Layers[1].Blob)}: got {Digest.Of(damaged)}", failure.Message, StringComparison.Ordinal);
        test.AssertEmpty();
        Assert.Null(await test.Store.FindAsync($"{test.Registry.Domain}/app"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task PullAsync_LayerOfAnotherSize_KeepsNothing(int difference)
    {
        await using TestStore test = await TestStore.StartAsync();
        TestImage image = test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        byte[] blob = image.Layers[0].Blob;
        test.Registry.Put($"/v2/app/blobs/{Digest.Of(blob)}", "application/octet-stream", difference > 0 ? [.. blob, 0] : blob[..^1]);

        ImageException failure = await test.FailAsync("app");

        Assert.Equal(ImageError.Corrupt, failure.Error);
        test.AssertEmpty();
    }

    [Fact]
    public async Task PullAsync_LayerWhoseContentIsNotTheDiffId_KeepsNothing()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().WithTar(Tar(File("a")), diffId: Digest.Of("something else"u8)));

        ImageException failure = await test.FailAsync("app");

        Assert.Equal(ImageError.Corrupt, failure.Error);
        Assert.Contains("but the image's configuration says", failure.Message, StringComparison.Ordinal);
        test.AssertEmpty();
    }

    [Fact]
    public async Task PullAsync_ManifestWithAnotherDigest_IsRefused()
    {
        await using TestStore test = await TestStore.StartAsync();
        TestImage image = test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        test.Registry.Put($"/v2/app/manifests/{Digest.Of(image.Manifest)}", image.ManifestType, [.. image.Manifest, (byte)' ']);

        ImageException failure = await test.FailAsync("app");

        Assert.Equal(ImageError.Corrupt, failure.Error);
        Assert.Contains("unexpected digest of manifest", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PullAsync_ManifestThatIsAnIndexToo_IsRefused()
    {
        await using TestStore test = await TestStore.StartAsync();
        TestImage image = new TestImage().With(File("a"));
        test.Registry.AddManifest("app", "latest", image.ManifestType, [.. "{\"manifests\":[],"u8, .. image.Manifest.AsSpan(1)]);

        ImageException failure = await test.FailAsync("app");

        Assert.Equal(ImageError.Corrupt, failure.Error);
        Assert.Contains("is both an index and an image", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"config\":{\"digest\":\"sha256:../../x\"},\"layers\":[]}")]
    public async Task PullAsync_MalformedManifest_IsCorrupt(string manifest)
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.AddManifest("app", "latest", "application/vnd.oci.image.manifest.v1+json", System.Text.Encoding.UTF8.GetBytes(manifest));

        Assert.Equal(ImageError.Corrupt, (await test.FailAsync("app")).Error);
        test.AssertEmpty();
    }

    [Fact]
    public async Task PullAsync_NotGzipAtAll_KeepsNothing()
    {
        await using TestStore test = await TestStore.StartAsync();
        byte[] garbage = [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        test.Registry.Add("app", "latest", new TestImage().WithTar(garbage, compress: false));

        Assert.Equal(ImageError.Corrupt, (await test.FailAsync("app")).Error);
        test.AssertEmpty();
    }

    [Fact]
    public async Task PullAsync_Zstd_SaysWhatIsNotSupported()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().WithTar([0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0, 0], compress: false));

        ImageException failure = await test.FailAsync("app");

        Assert.Equal(ImageError.Unsupported, failure.Error);
        Assert.Contains("compressed with zstd, which is not supported", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PullAsync_LayerThatUnpacksTooLarge_KeepsNothing()
    {
        await using TestStore test = await TestStore.StartAsync(new LayerLimits { MaxLayerBytes = 100_000 });
        test.Registry.Add("app", "latest", new TestImage().With(File("bomb", new string('0', 5_000_000))));

        Assert.Equal(ImageError.TooLarge, (await test.FailAsync("app")).Error);
        test.AssertEmpty();
    }

    [Fact]
    public async Task PullAsync_OneLayerMissing_FailsAndALaterPullWorks()
    {
        await using TestStore test = await TestStore.StartAsync();
        TestImage image = test.Registry.Add("app", "latest", new TestImage().With(File("a")).With(File("b")).With(File("c")));
        string path = $"/v2/app/blobs/{Digest.Of(image.Layers[1].Blob)}";
        test.Registry.Remove(path);

        Assert.Equal(ImageError.NotFound, (await test.FailAsync("app")).Error);
        test.AssertEmpty();

        test.Registry.Put(path, "application/octet-stream", image.Layers[1].Blob);
        Assert.Equal(3, (await test.PullAsync("app")).Layers.Length);
    }

    [Fact]
    public async Task PullAsync_Mirror_IsAskedForDockerHubsImages()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Mirrors = test.Mirrors.Add("docker.io", [test.Registry.Address]);
        await test.RestartAsync();
        test.Registry.Add("library/nginx", "latest", new TestImage().With(File("a")));

        Image image = await test.Store.PullAsync("nginx", null, TestContext.Current.CancellationToken);

        Assert.Equal(["docker.io/library/nginx:latest"], image.RepoTags);
    }

    [Fact]
    public async Task PullAsync_MirrorWithoutTheImage_FallsBackToTheRegistry()
    {
        await using TestStore test = await TestStore.StartAsync();
        await using TestRegistry mirror = await TestRegistry.StartAsync();
        test.Mirrors = ImmutableDictionary<string, ImmutableArray<Uri>>.Empty.Add(test.Registry.Domain, [new Uri("http://127.0.0.1:1"), mirror.Address]);
        await test.RestartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));

        Assert.NotNull(await test.PullAsync("app"));
        Assert.Contains("HEAD /v2/app/manifests/latest", mirror.Requests);

        ImageException failure = await test.FailAsync("nope");
        Assert.Contains("mirror 127.0.0.1:1: failed to do request", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"mirror {mirror.Domain}: not found", failure.Message, StringComparison.Ordinal);
    }
}
