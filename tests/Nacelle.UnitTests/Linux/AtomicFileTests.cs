using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Linux.Polling;
using Xunit;

namespace Nacelle.UnitTests.Linux;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("nacelle-").FullName;

    [Fact]
    public void Write_ExistingFile_ReplacesItAndLeavesNothingBeside()
    {
        var path = Path.Combine(directory, "state.json");
        AtomicFile.Write(path, "old, and longer"u8);
        AtomicFile.Write(path, "new"u8);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(directory));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task ReadNamesAsync_FileRenamedInto_GivesItsFinalName()
    {
        using var watch = new DirectoryWatch(directory);
        AtomicFile.Write(Path.Combine(directory, "exit"), "0"u8, durable: false);

        await foreach (var name in watch.ReadNamesAsync(TestContext.Current.CancellationToken))
        {
            if (name == "exit")
            {
                return;
            }
        }
    }

    [Fact]
    public void OpenIn_LinkThatLeavesTheRoot_StaysInside()
    {
        Directory.CreateDirectory(Path.Combine(directory, "etc"));
        File.WriteAllText(Path.Combine(directory, "etc/passwd"), "inside");
        File.CreateSymbolicLink(Path.Combine(directory, "link"), "/../../etc/passwd");
        using var root = RootedFiles.OpenDirectory(directory);

        using var stream = RootedFiles.OpenIn(root, "/link", OpenFlags.ReadOnly).ToStream(FileAccess.Read);
        Assert.Equal("inside", new StreamReader(stream).ReadToEnd());

        var failure = Assert.Throws<LinuxException>(() => RootedFiles.OpenIn(root, "../etc/passwd", OpenFlags.ReadOnly, resolve: ResolveFlags.Beneath));
        Assert.Equal("openat2", failure.Call);
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);
}
