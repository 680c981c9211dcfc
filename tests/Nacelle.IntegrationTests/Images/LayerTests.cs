using System.Formats.Tar;
using System.Text;
using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Runtime.Images;
using Xunit;
using static Nacelle.IntegrationTests.Images.TestImage;

namespace Nacelle.IntegrationTests.Images;

public sealed class LayerTests
{
    [Fact]
    public async Task PullAsync_EveryKindOfEntry_IsMadeAsTheArchiveSays()
    {
        await using TestStore test = await TestStore.StartAsync();
        string layer = await UnpackAsync(
            test,
            Folder("d", 0x3FF, 33),
            File("d/f", "content", 0x9ED, 7),
            HardLink("hard", "d/f"),
            Link("soft", "/absolute/../target"),
            new PaxTarEntry(TarEntryType.CharacterDevice, "null") { DeviceMajor = 1, DeviceMinor = 3, Mode = (UnixFileMode)0x1B6 },
            new PaxTarEntry(TarEntryType.BlockDevice, "disk") { DeviceMajor = 259, DeviceMinor = 300 },
            new PaxTarEntry(TarEntryType.Fifo, "pipe"),
            File("empty"));

        using FileDescriptor root = FileAt.OpenAbsolute(layer);
        FileStatus file = FileAt.Status(root, "d/f"u8)!.Value;
        Assert.Equal((FileStatus.RegularFile | 0x9EDu, 7u, 7u, 7L, 1_500_000_000L), (file.Mode, file.Uid, file.Gid, file.Size, file.ModifiedSeconds));
        FileStatus folder = FileAt.Status(root, "d"u8)!.Value;
        Assert.Equal((FileStatus.DirectoryType | 0x3FFu, 33u, 1_500_000_000L), (folder.Mode, folder.Uid, folder.ModifiedSeconds));
        Assert.Equal("content", System.IO.File.ReadAllText(Path.Combine(layer, "hard")));
        Assert.Equal("/absolute/../target", new FileInfo(Path.Combine(layer, "soft")).LinkTarget);
        FileStatus device = FileAt.Status(root, "null"u8)!.Value;
        Assert.Equal((FileStatus.CharacterDevice | 0x1B6u, 1u, 3u), (device.Mode, device.DeviceMajor, device.DeviceMinor));
        FileStatus disk = FileAt.Status(root, "disk"u8)!.Value;
        Assert.Equal((FileStatus.BlockDevice, 259u, 300u), (disk.Mode & FileStatus.TypeMask, disk.DeviceMajor, disk.DeviceMinor));
        Assert.Equal(FileStatus.Fifo, FileAt.Status(root, "pipe"u8)!.Value.Mode & FileStatus.TypeMask);
        Assert.Equal(0, FileAt.Status(root, "empty"u8)!.Value.Size);
    }

    [Theory]
    [InlineData("../escaped")]
    [InlineData("a/../../escaped")]
    [InlineData("a/.wh...")]
    public async Task PullAsync_NameThatLeadsOut_IsRefused(string name)
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("fine"), File(name)));

        ImageException failure = await test.FailAsync("app");

        Assert.Equal(ImageError.Corrupt, failure.Error);
        Assert.Contains("would leave its directory", failure.Message, StringComparison.Ordinal);
        test.AssertEmpty();
    }

    [Theory]
    [InlineData("/", "")]
    [InlineData("../../../../../../../..", "")]
    [InlineData("/proc/self/root", "proc/self/root")]
    public async Task PullAsync_EntryBehindALinkThatLeadsOut_StaysInside(string target, string inside)
    {
        await using TestStore test = await TestStore.StartAsync();
        string marker = $"nacelle-escape-{Guid.NewGuid():N}";
        test.Registry.Add("app", "latest", new TestImage().With(Folder("proc"), Folder("proc/self"), Folder("proc/self/root"), Link("out", target), File($"out/{marker}")));

        Image image = await test.PullAsync("app");

        Assert.False(System.IO.File.Exists("/" + marker));
        Assert.True(System.IO.File.Exists(Path.Combine(image.Layers[0], inside, marker)));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../../../../../etc/passwd")]
    [InlineData("missing")]
    public async Task PullAsync_HardLinkToWhatTheLayerDoesNotHave_IsRefused(string target)
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(HardLink("stolen", target)));

        Assert.Equal(ImageError.Corrupt, (await test.FailAsync("app")).Error);
        test.AssertEmpty();
    }

    [Fact]
    public async Task PullAsync_FileOverALink_ReplacesTheLinkAndNotItsTarget()
    {
        await using TestStore test = await TestStore.StartAsync();
        string victim = Path.Combine(Path.GetDirectoryName(test.Root)!, "victim");
        System.IO.File.WriteAllText(victim, "untouched");

        string layer = await UnpackAsync(test, Link("x", victim), File("x", "new"), Link("y", "real"), Folder("y"), File("y/f"));

        Assert.Equal("untouched", System.IO.File.ReadAllText(victim));
        Assert.Null(new FileInfo(Path.Combine(layer, "x")).LinkTarget);
        Assert.Equal("new", System.IO.File.ReadAllText(Path.Combine(layer, "x")));
        Assert.True(System.IO.File.Exists(Path.Combine(layer, "y/f")));
    }

    [Fact]
    public async Task PullAsync_LinkedParentInTheSameLayer_IsFollowed()
    {
        await using TestStore test = await TestStore.StartAsync();

        string layer = await UnpackAsync(test, Folder("usr"), Folder("usr/bin"), Link("bin", "/usr/bin"), File("bin/tool", "t"));

        Assert.Equal("t", System.IO.File.ReadAllText(Path.Combine(layer, "usr/bin/tool")));
    }

    [Fact]
    public async Task PullAsync_EntryUnderAFile_IsRefused()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a"), File("a/b")));

        Assert.Equal(ImageError.Corrupt, (await test.FailAsync("app")).Error);
        test.AssertEmpty();
    }

    [Fact]
    public async Task PullAsync_AttributesOfOverlayfs_AreNotTakenFromTheArchive()
    {
        await using TestStore test = await TestStore.StartAsync();
        PaxTarEntry folder = new(TarEntryType.Directory, "d", new Dictionary<string, string>
        {
            ["SCHILY.xattr.trusted.overlay.redirect"] = "/etc",
            ["SCHILY.xattr.trusted.overlay.opaque"] = "y",
            ["SCHILY.xattr.user.kept"] = "value",
        });

        string layer = await UnpackAsync(test, folder);

        using FileDescriptor root = FileAt.OpenAbsolute(layer);
        Assert.Equal(["user.kept"], ExtendedAttributes.List(root, "d"u8));
        Assert.Equal("value"u8.ToArray(), ExtendedAttributes.Get(root, "d"u8, "user.kept"u8));
    }

    [Fact]
    public async Task PullAsync_NameThatIsNotUtf8_IsKeptByteForByte()
    {
        await using TestStore test = await TestStore.StartAsync();
        byte[] tar = Tar(new UstarTarEntry(TarEntryType.RegularFile, "Axy"));
        tar[0] = 0xFF;
        // The header's checksum is the sum of its bytes.
        string sum = Convert.ToString(Convert.ToInt32(Encoding.ASCII.GetString(tar, 148, 6), 8) + 0xFF - 'A', 8).PadLeft(6, '0');
        Encoding.ASCII.GetBytes(sum).CopyTo(tar, 148);
        test.Registry.Add("app", "latest", new TestImage().WithTar(tar));

        Image image = await test.PullAsync("app");

        using FileDescriptor root = FileAt.OpenAbsolute(image.Layers[0]);
        Assert.Equal([0xFF, (byte)'x', (byte)'y'], Assert.Single(FileAt.Entries(root)));
    }

    private static async Task<string> UnpackAsync(TestStore test, params TarEntry[] entries)
    {
        test.Registry.Add("app", "latest", new TestImage().With(entries));
        return Assert.Single((await test.PullAsync("app")).Layers);
    }
}
