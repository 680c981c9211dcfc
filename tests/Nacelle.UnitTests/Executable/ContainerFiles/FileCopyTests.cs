using System.Text;
using Nacelle.ContainerFiles;
using Nacelle.Inspect.Files;
using Nacelle.Kubernetes.Client;
using Xunit;

namespace Nacelle.UnitTests.Executable.ContainerFiles;

public sealed class FileCopyTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("nacelle-").FullName;
    private readonly FakeFiles container = new();
    private readonly List<string> told = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Copy_File_GetsItsNameWhenItIsWholeAndLosesItsSetIdBits()
    {
        container.AddFile("", "tool", "content", mode: 0xFED);

        Assert.True(await CopyAsync("/tool", root));

        Assert.Equal("content", await File.ReadAllTextAsync(In("tool"), Cancellation));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(In("tool")) & (UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit));
        Assert.True(File.GetUnixFileMode(In("tool")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal(["tool"], Names());
    }

    [Fact]
    public async Task Copy_FileOverALink_ReplacesTheLinkAndNotWhatItLeadsTo()
    {
        container.AddFile("", "file", "new");
        await File.WriteAllTextAsync(In("target"), "kept", Cancellation);
        File.CreateSymbolicLink(In("name"), "target");

        Assert.True(await CopyAsync("/file", In("name")));

        Assert.Equal("kept", await File.ReadAllTextAsync(In("target"), Cancellation));
        Assert.Null(new FileInfo(In("name")).LinkTarget);
        Assert.Equal("new", await File.ReadAllTextAsync(In("name"), Cancellation));
    }

    [Fact]
    public async Task Copy_TreeOfLinks_MakesLinksAndFollowsNone()
    {
        var outside = Directory.CreateDirectory(In("outside")).FullName;
        AddDirectory("", "tree");
        Add("/tree", "absolute", FileType.SymbolicLink, outside);
        Add("/tree", "above", FileType.SymbolicLink, "../outside");
        AddDirectory("/tree", "sub");
        container.AddFile("/tree/sub", "file", "content");

        Assert.True(await CopyAsync("/tree", In("copy")));

        Assert.Equal(outside, new FileInfo(In("copy/absolute")).LinkTarget);
        Assert.Equal("../outside", new FileInfo(In("copy/above")).LinkTarget);
        Assert.Equal("content", await File.ReadAllTextAsync(In("copy/sub/file"), Cancellation));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public async Task Copy_NameThatIsFirstALinkAndThenADirectory_IsNotFollowed()
    {
        // What a server may tell of a directory that changes while it is listed.
        var outside = Directory.CreateDirectory(In("outside")).FullName;
        AddDirectory("", "tree");
        Add("/tree", "name", FileType.SymbolicLink, outside);
        AddDirectory("/tree", "name");
        container.AddFile("/tree/name", "file", "content");

        await Assert.ThrowsAnyAsync<IOException>(() => CopyAsync("/tree", In("copy")));

        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Equal(["outside"], Names());
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("../escaped")]
    [InlineData("/escaped")]
    public async Task Copy_NameThatLeadsElsewhere_EndsTheCopyAndLeavesNothing(string name)
    {
        AddDirectory("", "tree");
        container.AddFile("/tree", name, "content");

        await Assert.ThrowsAsync<CommandException>(() => CopyAsync("/tree", In("copy")));

        Assert.Empty(Names());
    }

    [Fact]
    public async Task Copy_KindsThatAreNeverOpened_AreLeftOutAndTold()
    {
        AddDirectory("", "tree");
        Add("/tree", "fifo\u001b", FileType.FIFO);
        Add("/tree", "socket", FileType.Socket);
        Add("/tree", "null", FileType.CharDevice);
        container.Add("/tree", new FileEntry { Name = "proc"u8.ToArray(), Type = FileType.Directory, FileSystem = "proc" });
        container.AddFile("/tree", "file", "content");

        Assert.False(await CopyAsync("/tree", In("copy")));

        Assert.Equal(
            [@"/tree/fifo\x1b: FIFO, left out", "/tree/socket: Socket, left out", "/tree/null: CharDevice, left out", "/tree/proc: is on a file system of type proc, left out"],
            told);
        Assert.Equal([In("copy/file")], Directory.GetFileSystemEntries(In("copy")));
    }

    [Fact]
    public async Task Copy_FilesThatGetShorterOrVanish_AreLeftOutAndTold()
    {
        AddDirectory("", "tree");
        container.AddShortFile("/tree", "short");
        Add("/tree", "gone", FileType.File);
        container.AddFile("/tree", "file", "content");

        Assert.False(await CopyAsync("/tree", In("copy")));

        Assert.Equal(["/tree/short: cut after 100 bytes: the file has become shorter meanwhile, or the server went away", "/tree/gone: no such file or directory"], told);
        Assert.Equal([In("copy/file")], Directory.GetFileSystemEntries(In("copy")));
    }

    [Fact]
    public async Task Copy_OneFileThatGetsShorter_LeavesNothing()
    {
        container.AddShortFile("", "short");

        await Assert.ThrowsAsync<ShortFileException>(() => CopyAsync("/short", In("copy")));

        Assert.Empty(Names());
    }

    [Theory]
    [InlineData(10, 0, "files cp: more than 10 bytes (--max-bytes); nothing is copied")]
    [InlineData(0, 3, "files cp: more than 3 entries (--limit); nothing is copied")]
    public async Task Copy_MoreThanItsBounds_LeavesNothing(long maxBytes, long maxEntries, string message)
    {
        AddDirectory("", "tree");
        foreach (var name in (string[])["a", "b", "c", "d"])
        {
            container.AddFile("/tree", name, "four");
        }

        var refused = await Assert.ThrowsAsync<CommandException>(() => CopyAsync("/tree", In("copy"), new(maxBytes, maxEntries)));

        Assert.Equal(message, refused.Message);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Copy_FileOfZeros_HasAllOfThem()
    {
        container.Add("", new FileEntry { Name = "zeros"u8.ToArray(), Type = FileType.File }, new byte[4 << 20]);

        Assert.True(await CopyAsync("/zeros", In("zeros")));

        Assert.Equal(new byte[4 << 20], await File.ReadAllBytesAsync(In("zeros"), Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_DirectoryToANameThatIsTaken_IsRefused(bool isDirectory)
    {
        AddDirectory("", "tree");
        Directory.CreateDirectory(In("taken"));
        var local = In("taken");
        if (isDirectory)
        {
            Directory.CreateDirectory(In("taken/tree"));
        }
        else
        {
            await File.WriteAllTextAsync(In("taken/tree"), "kept", Cancellation);
        }

        var refused = await Assert.ThrowsAsync<CommandException>(() => CopyAsync("/tree", local));

        Assert.Equal($"files cp: {In("taken/tree")} exists already", refused.Message);
    }

    [Fact]
    public async Task Copy_NothingThere_IsTheServersRefusal()
    {
        var refused = await Assert.ThrowsAsync<ApiException>(() => CopyAsync("/none", In("copy")));

        Assert.Equal("/none: no such file or directory", refused.Message);
        Assert.Empty(Names());
    }

    private async Task<bool> CopyAsync(string path, string local, CopyBounds? bounds = null)
    {
        using var target = CopyTarget.Open(local, Path.GetFileName(path));
        var copy = new FileCopy(container.Api, bounds ?? new CopyBounds(0, 0), told.Add);
        await copy.RunAsync(Encoding.UTF8.GetBytes(path), target, Cancellation);
        return copy.Complete;
    }

    private void AddDirectory(string directory, string name) => Add(directory, name, FileType.Directory);

    private void Add(string directory, string name, FileType type, string? target = null) => container.Add(
        directory,
        new FileEntry { Name = Encoding.UTF8.GetBytes(name), Type = type, Mode = 0x1ED, Target = target is null ? null : Encoding.UTF8.GetBytes(target) });

    private string In(string name) => Path.Combine(root, name);

    private IEnumerable<string> Names() => Directory.GetFileSystemEntries(root).Select(path => Path.GetFileName(path)!);
}
