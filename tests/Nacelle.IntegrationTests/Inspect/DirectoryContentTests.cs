using System.Globalization;
using System.Text;
using Nacelle.Inspect.Files;
using Nacelle.Linux.Files;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

public sealed class DirectoryContentTests
{
    private const int Many = 100_000;

    // Not UTF-8, a newline, an escape code that clears a terminal, a name in Cyrillic.
    private static readonly byte[][] Names = [[0xFF, 0xC3, (byte)'a'], "two\nlines"u8.ToArray(), "\u001b[2J"u8.ToArray(), "имя"u8.ToArray()];

    [Fact]
    public async Task Read_AHundredThousandFiles_ComeOnceEachInPages()
    {
        await using var container = await HostileContainer.StartAsync();
        using (var directory = Make(container, "/many"))
        {
            for (var i = 0; i < Many; i++)
            {
                FileAt.MakeSymbolicLink("x"u8, directory, Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture)));
            }
        }

        using var root = container.Open();
        using var node = root.Find("/many"u8, followLast: true);
        HashSet<string> names = [];
        var told = 0;
        string? from = null;
        do
        {
            using var page = node.OpenDirectory("/many");
            if (from is not null)
            {
                page.Seek(from);
            }

            foreach (var entry in page.Read(7_000))
            {
                told++;
                names.Add(Encoding.ASCII.GetString(entry.Name));
            }

            from = page.Continue;
        }
        while (from is not null);

        Assert.Equal((Many, Many), (told, names.Count));
    }

    [Fact]
    public async Task Read_NamesOfAnyBytes_ComeAsTheyAreAndFindTheirFiles()
    {
        await using var container = await HostileContainer.StartAsync();
        using (var directory = Make(container, "/names"))
        {
            foreach (var name in Names)
            {
                FileAt.MakeDirectory(directory, name, 0x1ED);
            }
        }

        using var root = container.Open();
        using var node = root.Find("/names"u8, followLast: true);
        using var content = node.OpenDirectory("/names");
        var told = content.Read(long.MaxValue).Select(entry => entry.Name).ToList();

        Assert.Equal(Names.Select(Convert.ToHexString).Order(), told.Select(Convert.ToHexString).Order());
        foreach (var name in told)
        {
            using var found = root.Find([.. "/names/"u8, .. name], followLast: false);
            Assert.Equal(FileType.Directory, found.Type);
        }
    }

    [Fact]
    public async Task Seek_AnotherDirectoryInItsPlace_IsRefused()
    {
        await using var container = await HostileContainer.StartAsync();
        using var root = container.Open();
        using var first = root.Find("/"u8, followLast: true);
        using var second = root.Find("/etc"u8, followLast: true);
        using var firstContent = first.OpenDirectory("/");
        using var secondContent = second.OpenDirectory("/etc");
        Assert.Single(firstContent.Read(1));

        Assert.Equal(FileRefusal.Changed, Assert.Throws<FileRefusedException>(() => secondContent.Seek(firstContent.Continue!)).Refusal);
        Assert.Equal(FileRefusal.BadPath, Assert.Throws<FileRefusedException>(() => secondContent.Seek("nonsense")).Refusal);
    }

    [Fact]
    public async Task Read_DirectoryRemovedMeanwhile_EndsAndDoesNotFail()
    {
        await using var container = await HostileContainer.StartAsync();
        Make(container, "/gone").Dispose();
        using var root = container.Open();
        using var node = root.Find("/gone"u8, followLast: true);
        using var content = node.OpenDirectory("/gone");
        Directory.Delete(container.PathOf("/gone"));

        Assert.Empty(content.Read(long.MaxValue));
    }

    private static Nacelle.Linux.FileDescriptor Make(HostileContainer container, string path)
    {
        Directory.CreateDirectory(container.PathOf(path));
        return container.OpenDirectory(path);
    }
}
