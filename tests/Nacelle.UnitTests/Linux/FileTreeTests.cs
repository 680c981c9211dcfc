using Nacelle.Linux.Files;
using Xunit;

namespace Nacelle.UnitTests.Linux;

public sealed class FileTreeTests : IDisposable
{
    // No UTF-8, as any program may name a file.
    private static readonly byte[] Name = [0xFF, (byte)'a', 0xC3];

    private readonly string root = Directory.CreateTempSubdirectory("nacelle-").FullName;

    private string Tree => Path.Combine(root, "tree");

    [Fact]
    public void Remove_TreeDeeperThanDescriptorsAndStack_IsGone()
    {
        // More levels than this process may open files (where the limit is not beyond all bounds), on a stack of a few hundred calls.
        var levels = Math.Clamp(ReadOpenFilesLimit() + 1_000, 5_000, 40_000);
        Directory.CreateDirectory(Tree);
        MakeDeep(levels);
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() => FileTree.Remove(Tree)), 256 * 1024);
        thread.Start();
        thread.Join();

        Assert.Null(failure);
        Assert.Empty(Directory.GetFileSystemEntries(root));
    }

    [Fact]
    public void Remove_LinksAndSiblings_AreRemovedAndNotFollowed()
    {
        var outside = Path.Combine(root, "outside");
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "kept"), "");
        foreach (var name in (string[])["a/b/c", "a/d", "e/f", "g"])
        {
            Directory.CreateDirectory(Path.Combine(Tree, name));
            File.WriteAllText(Path.Combine(Tree, name, "file"), "");
            Directory.CreateSymbolicLink(Path.Combine(Tree, name, "link"), outside);
        }

        FileTree.Remove(Tree);

        Assert.False(Directory.Exists(Tree));
        Assert.True(File.Exists(Path.Combine(outside, "kept")));
    }

    [Fact]
    public void Remove_NothingThereAndPlainFile_IsNoError()
    {
        FileTree.Remove(Tree);
        File.WriteAllText(Tree, "");
        FileTree.Remove(Tree);

        Assert.Empty(Directory.GetFileSystemEntries(root));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private static int ReadOpenFilesLimit()
    {
        var soft = File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal))[26..].Trim().Split(' ')[0];
        return int.TryParse(soft, out var limit) ? Math.Min(limit, 1_000_000) : 1_000_000;
    }

    private void MakeDeep(int levels)
    {
        var current = FileAt.OpenAbsolute(Tree);
        for (var level = 0; level < levels; level++)
        {
            FileAt.MakeDirectory(current, Name, 0x1C0);
            var next = FileAt.OpenDirectory(current, Name);
            if (level % 1_000 == 0)
            {
                FileAt.CreateFile(current, [0xFE, 0x80]).Dispose();
            }

            current.Dispose();
            current = next;
        }

        current.Dispose();
    }
}
