using Nacelle.Kubelet.Volumes;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Volumes;

public sealed class AtomicDirectoryTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly string _directory = Directory.CreateTempSubdirectory("atomic-").FullName;
    private int _owned;

    [Fact]
    public void Write_NewFiles_StandBehindTheDataLink()
    {
        Assert.True(Write(("a", "1", 0x1A4), ("d/b", "2", 0x100)));

        Assert.Equal("..2026_01_02_03_04_05.0000000", new FileInfo(In("..data")).LinkTarget);
        Assert.Equal("..data/a", new FileInfo(In("a")).LinkTarget);
        Assert.Equal("..data/d", new FileInfo(In("d")).LinkTarget);
        Assert.Equal("1", File.ReadAllText(In("a")));
        Assert.Equal("2", File.ReadAllText(In("d/b")));
        Assert.Equal(0x1A4, (int)File.GetUnixFileMode(In("..data/a")));
        Assert.Equal(0x100, (int)File.GetUnixFileMode(In("..data/d/b")));
        Assert.Equal(1, _owned);
    }

    [Fact]
    public void Write_TheSameAgain_ChangesNothing()
    {
        Write(("a", "1", 0x1A4));
        var before = new FileInfo(In("..data")).LinkTarget;

        Assert.False(Write(("a", "1", 0x1A4)));
        Assert.Equal(before, new FileInfo(In("..data")).LinkTarget);
        Assert.Equal(1, _owned);
    }

    [Fact]
    public void Write_OtherFiles_ReplaceTheOldVersionAndItsLinks()
    {
        Write(("a", "1", 0x1A4), ("b", "1", 0x1A4));
        Assert.True(Write(("a", "2", 0x1A4), ("c", "3", 0x1A4)));

        Assert.Equal("2", File.ReadAllText(In("a")));
        Assert.Equal("3", File.ReadAllText(In("c")));
        Assert.Equal(["..data", "a", "c"], Entries().Where(e => !e.StartsWith("..2", StringComparison.Ordinal)));
        Assert.Single(Entries(), e => e.StartsWith("..2", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_OtherMode_IsANewVersion()
    {
        Write(("a", "1", 0x100));

        Assert.True(Write(("a", "1", 0x1A4)));
    }

    [Fact]
    public void Write_NoFiles_ShowsAnEmptyDirectory()
    {
        Write(("a", "1", 0x1A4));
        Assert.True(Write());

        Assert.All(Entries(), e => Assert.StartsWith("..", e, StringComparison.Ordinal));
    }

    [Fact]
    public void Write_OwnerCannotBeSet_OldVersionIsStillShown()
    {
        Write(("a", "1", 0x1A4));
        Assert.Throws<IOException>(() => AtomicDirectory.Write(_directory, Files(("a", "2", 0x1A4)), _ => throw new IOException(), Now));

        Assert.Equal("1", File.ReadAllText(In("a")));
        Assert.True(Write(("a", "3", 0x1A4)));
        Assert.Single(Entries(), e => e.StartsWith("..2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("/a")]
    [InlineData("a/../b")]
    [InlineData("..a")]
    [InlineData("a//b")]
    [InlineData("")]
    public void Write_PathThatLeadsOut_IsRefused(string path) => Assert.Throws<IOException>(() => Write((path, "1", 0x1A4)));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private bool Write(params (string Path, string Content, int Mode)[] files) => AtomicDirectory.Write(_directory, Files(files), _ => _owned++, Now);

    private static Dictionary<string, VolumeFile> Files(params (string Path, string Content, int Mode)[] files) =>
        files.ToDictionary(f => f.Path, f => new VolumeFile(System.Text.Encoding.UTF8.GetBytes(f.Content), f.Mode));

    private string In(string name) => Path.Combine(_directory, name);

    private List<string> Entries() => [.. new DirectoryInfo(_directory).EnumerateFileSystemInfos().Select(e => e.Name).Order(StringComparer.Ordinal)];
}
