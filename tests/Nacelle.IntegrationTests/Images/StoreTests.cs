using Nacelle.Linux.Files;
using Nacelle.Runtime.Images;
using Xunit;
using static Nacelle.IntegrationTests.Images.TestImage;

namespace Nacelle.IntegrationTests.Images;

public sealed class StoreTests
{
    [Fact]
    public async Task RemoveAsync_Image_TakesItsOwnLayersAndLeavesSharedOnes()
    {
        await using TestStore test = await TestStore.StartAsync();
        byte[] shared = Tar(File("base"));
        test.Registry.Add("one", "latest", new TestImage().WithTar(shared).With(File("one")));
        test.Registry.Add("two", "latest", new TestImage().WithTar(shared).With(File("two")));
        await test.PullAsync("one");
        Image two = await test.PullAsync("two");

        await test.Store.RemoveAsync($"{test.Registry.Domain}/one");
        Assert.Equal(2, test.LayerCount);
        Assert.All(two.Layers, layer => Assert.True(Directory.Exists(layer)));

        await test.Store.RemoveAsync(two.Id);
        await test.Store.RemoveAsync(two.Id);
        test.AssertEmpty();
        Assert.Empty(test.Store.List());
    }

    [Fact]
    public async Task Hold_RemovedImage_KeepsItsLayersUntilReleasedAcrossRestart()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        Image image = await test.PullAsync("app");
        IDisposable before = test.Store.Hold(image.Id);
        await test.Store.RemoveAsync(image.Id);
        Assert.Null(await test.Store.FindAsync(image.Id));
        Assert.True(System.IO.File.Exists(Path.Combine(image.Layers[0], "a")));

        await test.RestartAsync();
        IDisposable after = test.Store.Hold(image.Id);
        test.Store.ReleaseUnheld();
        Assert.True(System.IO.File.Exists(Path.Combine(image.Layers[0], "a")));

        after.Dispose();
        after.Dispose();
        test.AssertEmpty();
        Assert.Throws<ImageException>(() => test.Store.Hold(image.Id));
        GC.KeepAlive(before);
    }

    [Fact]
    public async Task PullAsync_ImageRemovedWhileHeld_IsThereAgainWithoutUnpacking()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        Image image = await test.PullAsync("app");
        using IDisposable hold = test.Store.Hold(image.Id);
        await test.Store.RemoveAsync(image.Id);
        test.Registry.Requests.Clear();

        await test.PullAsync("app");

        Assert.NotNull(await test.Store.FindAsync(image.Id));
        // The configuration; the layer itself is still here.
        Assert.Single(test.Registry.Requests, request => request.StartsWith("GET /v2/app/blobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenAsync_AfterACrash_RemovesWhatWasUnfinished()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        Image image = await test.PullAsync("app");
        Directory.CreateDirectory(Path.Combine(test.Root, "tmp/7/half"));
        System.IO.File.WriteAllText(Path.Combine(test.Root, "tmp/8"), "half a blob");
        Directory.CreateDirectory(Path.Combine(test.Root, "layers", new string('a', 64), "whole but of no image"));

        await test.RestartAsync();

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(test.Root, "tmp")));
        Assert.Equal(image.Layers, Directory.GetDirectories(Path.Combine(test.Root, "layers")));
        Assert.NotNull(await test.Store.FindAsync(image.Id));
    }

    [Fact]
    public async Task OpenAsync_LayerGoneFromDisk_ForgetsTheImageAndAPullMendsIt()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a", "1")).With(File("b", "2")));
        Image image = await test.PullAsync("app");
        FileTree.Remove(image.Layers[1]);

        await test.RestartAsync();
        Assert.Null(await test.Store.FindAsync(image.Id));
        test.AssertEmpty();

        Image mended = await test.PullAsync("app");
        Assert.Equal("2", System.IO.File.ReadAllText(Path.Combine(mended.Layers[1], "b")));
        await test.Store.RemoveAsync(mended.Id);
        test.AssertEmpty();
    }

    [Fact]
    public async Task OpenAsync_StateOfANewerVersion_IsRefused()
    {
        await using TestStore test = await TestStore.StartAsync();
        string references = Path.Combine(test.Root, "references.json");
        System.IO.File.WriteAllText(references, """{"version":2,"references":[]}""");

        ImageException failure = await Assert.ThrowsAsync<ImageException>(test.RestartAsync);

        Assert.Equal($"image store {test.Root} was written by a newer version of nacelle (format 2, this one knows 1)", failure.Message);
        System.IO.File.Delete(references);
        await test.RestartAsync();
    }

    [Fact]
    public async Task Remove_TreeAsDeepAsAnArchiveCanMakeIt_IsRemoved()
    {
        await using TestStore test = await TestStore.StartAsync();
        string deep = string.Join('/', Enumerable.Repeat("d", 2000));
        test.Registry.Add("app", "latest", new TestImage().With(File(deep + "/f")));
        Image image = await test.PullAsync("app");

        await test.Store.RemoveAsync(image.Id);

        test.AssertEmpty();
    }

    [Fact]
    public async Task PullAsync_LinksThatBuildAPathTooDeepToRemove_IsRefused()
    {
        await using TestStore test = await TestStore.StartAsync();
        string deep = string.Join('/', Enumerable.Repeat("d", 1900));
        test.Registry.Add("app", "latest", new TestImage().With(File(deep + "/f"), Link("s", deep), File($"s/{deep}/g"), Link("t", $"s/{deep}"), File($"t/{deep}/h")));

        Assert.Equal(ImageError.Corrupt, (await test.FailAsync("app")).Error);
        test.AssertEmpty();
    }
}
