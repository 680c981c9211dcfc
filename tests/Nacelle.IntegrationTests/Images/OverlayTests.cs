using Nacelle.Runtime.Images;
using Xunit;
using static Nacelle.IntegrationTests.Images.TestImage;

namespace Nacelle.IntegrationTests.Images;

/// <summary>Layers as the kernel merges them.</summary>
public sealed class OverlayTests
{
    [Fact]
    public async Task PullAsync_Whiteouts_HideWhatIsBelow()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage()
            .With(File("gone", "1"), File("kept", "1"), Folder("tree"), File("tree/a"), File("tree/b"), Folder("opaque"), File("opaque/old"), Folder("replaced"), File("replaced/old"))
            .With(File(".wh.gone"), File("tree/.wh.a"), Folder("opaque"), File("opaque/.wh..wh..opq"), File("opaque/new"), File(".wh.replaced"), Folder("replaced"), File("replaced/new"))
            .With(File("kept", "3")));
        Image image = await test.PullAsync("app");

        Assert.Equal(
            ["kept=3", "opaque/new=", "replaced/new=", "tree/b="],
            Merged(image));
    }

    [Fact]
    public async Task PullAsync_WhiteoutBesideItsOwnName_HidesOnlyWhatIsBelow()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage()
            .With(Folder("d"), File("d/old"), File("f", "old"))
            .With(Folder("d"), File("d/new"), File(".wh.d"), File("f", "new"), File(".wh.f")));

        Assert.Equal(["d/new=", "f=new"], Merged(await test.PullAsync("app")));
    }

    [Fact]
    public async Task PullAsync_OpaqueRoot_HidesEverythingBelow()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage()
            .With(File("a"), Folder("d"), File("d/old"))
            .With(File(".wh..wh..opq"), Folder("d"), File("d/new")));

        Assert.Equal(["d/new="], Merged(await test.PullAsync("app")));
    }

    [Fact]
    public async Task PullAsync_DirectoryThatIsOnlyImplied_LooksAsInTheLayerBelow()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage()
            .With(Folder("tmp", 0x3FF), Folder("home", 0x1C0, 33))
            .With(File("tmp/x"), File("home/deep/y")));
        Image image = await test.PullAsync("app");
        using Overlay merged = new(image);

        Assert.Equal((UnixFileMode)0x3FF, System.IO.File.GetUnixFileMode(Path.Combine(merged.Path, "tmp")));
        Assert.Equal((UnixFileMode)0x1C0, System.IO.File.GetUnixFileMode(Path.Combine(merged.Path, "home")));
        using Linux.FileDescriptor root = Linux.Files.FileAt.OpenAbsolute(merged.Path);
        Assert.Equal(33u, Linux.Files.FileAt.Status(root, "home"u8)!.Value.Uid);
        Assert.True(System.IO.File.Exists(Path.Combine(merged.Path, "home/deep/y")));
    }

    private static string[] Merged(Image image)
    {
        using Overlay merged = new(image);
        return [.. Directory.GetFiles(merged.Path, "*", SearchOption.AllDirectories)
            .Select(path => $"{Path.GetRelativePath(merged.Path, path)}={System.IO.File.ReadAllText(path)}")
            .Order(StringComparer.Ordinal)];
    }
}
