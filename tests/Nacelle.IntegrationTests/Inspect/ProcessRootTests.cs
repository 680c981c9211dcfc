using System.Text;
using Nacelle.Inspect.Files;
using Nacelle.Linux.Files;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

public sealed class ProcessRootTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/plain")]
    [InlineData("plain")]
    [InlineData("//dir/..//./plain")]
    [InlineData("/../../../plain")]
    [InlineData("/to-absolute")]
    [InlineData("/to-above")]
    [InlineData("/dir/to-parent/plain")]
    [InlineData("/dir/deeper/../../plain")]
    [InlineData("/volume/../plain")]
    public async Task Read_PathsAndLinksBeneathTheRoot_LeadWhereTheProcessItselfGets(string path)
    {
        await using var container = await HostileContainer.StartAsync();
        Directory.CreateDirectory(container.PathOf("/dir/deeper"));
        container.Write("/plain", "of the container");
        container.Link("/to-absolute", "/plain");
        container.Link("/to-above", "../../../../../../../plain");
        container.Link("/dir/to-parent", "..");

        Assert.Equal("of the container", await ReadAsync(container, path));
    }

    [Theory]
    [InlineData("/etc/hostname")]
    [InlineData("/../etc/hostname")]
    [InlineData("/out/hostname")]
    [InlineData("/far/etc/hostname")]
    public async Task Read_NameThatOnlyTheHostHas_IsNotFound(string path)
    {
        await using var container = await HostileContainer.StartAsync();
        container.Link("/out", "/etc");
        container.Link("/far", "../../../../../..");

        Assert.Equal(FileRefusal.NotFound, (await RefusedAsync(container, path)).Refusal);
    }

    [Theory]
    [InlineData("/proc/1/root/etc/hostname", "proc")]
    [InlineData("/proc/self/cwd", "proc")]
    [InlineData("/proc/self/environ", "proc")]
    [InlineData("/magic/etc/hostname", "proc")]
    [InlineData("/stdout", "proc")]
    [InlineData("/sys/kernel/uevent_seqnum", "sysfs")]
    [InlineData("/cgroup/cgroup.procs", "cgroup2")]
    [InlineData("/pts/ptmx", "devpts")]
    [InlineData("/mqueue/any", "mqueue")]
    [InlineData("/trace/trace_pipe", "tracefs")]
    [InlineData("/fuse/anything", @"fuse.\x1b[2J")]
    public async Task Read_OnFileSystemsOfTheKernelOrOfAProgram_IsRefusedBeforeAnythingIsAsked(string path, string type)
    {
        await using var container = await HostileContainer.StartAsync();
        container.Link("/magic", "/proc/1/root");
        container.Link("/stdout", "/proc/self/fd/1");

        var refused = await RefusedAsync(container, path);

        Assert.Equal(FileRefusal.NeverOpened, refused.Refusal);
        Assert.Equal($"{path}: is on a file system of type {type}, where nothing is opened", refused.Message);
    }

    [Fact]
    public async Task List_FileSystemsOfTheKernelOrOfAProgram_AreToldAboveAndNotListed()
    {
        await using var container = await HostileContainer.StartAsync();
        using var root = container.Open();

        var types = Entries(root, "/").Where(entry => entry.FileSystem is not null).ToDictionary(Name, entry => entry.FileSystem!);

        Assert.Equal(
            @"cgroup:cgroup2 fuse:fuse.\x1b[2J mqueue:mqueue proc:proc pts:devpts sys:sysfs trace:tracefs volume:tmpfs",
            string.Join(' ', types.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}:{pair.Value}")));
        foreach (var (name, type) in types.Where(pair => pair.Value != "tmpfs"))
        {
            using var node = root.Find(Encoding.UTF8.GetBytes(name), followLast: true);
            Assert.Equal((FileType.Directory, type), (node.Type, node.FileSystem));
            Assert.Equal(FileRefusal.NeverOpened, Assert.Throws<FileRefusedException>(() => node.OpenDirectory(name)).Refusal);
        }
    }

    [Theory]
    [InlineData("fifo", FileStatus.Fifo, FileType.FIFO, "a fifo")]
    [InlineData("zero", FileStatus.CharacterDevice, FileType.CharDevice, "a character device")]
    [InlineData("disk", FileStatus.BlockDevice, FileType.BlockDevice, "a block device")]
    [InlineData("socket", FileStatus.Socket, FileType.Socket, "a socket")]
    public async Task Read_NoRegularFile_IsToldOfButNeverOpened(string name, uint kind, FileType type, string named)
    {
        await using var container = await HostileContainer.StartAsync();
        using (var directory = container.OpenDirectory("/dev"))
        {
            FileAt.MakeNode(directory, Encoding.UTF8.GetBytes(name), kind | 0x1B6, 1, 5);
        }

        using var root = container.Open();
        using var node = root.Find(Encoding.UTF8.GetBytes($"/dev/{name}"), followLast: true);

        Assert.Equal(type, node.Describe("x"u8).Type);
        Assert.Equal(type is FileType.CharDevice or FileType.BlockDevice ? "1:5" : null, node.Describe("x"u8).Device);
        var refused = Assert.Throws<FileRefusedException>(() => node.OpenFile($"/dev/{name}"));
        Assert.Equal((FileRefusal.NeverOpened, $"/dev/{name}: is {named}, which is never opened"), (refused.Refusal, refused.Message));
        Assert.Equal(FileRefusal.NotADirectory, Assert.Throws<FileRefusedException>(() => node.OpenDirectory(name)).Refusal);
    }

    [Theory]
    [InlineData("/none", FileRefusal.NotFound)]
    [InlineData("/none/deeper", FileRefusal.NotFound)]
    [InlineData("/dangling", FileRefusal.NotFound)]
    [InlineData("/ready/deeper", FileRefusal.NotADirectory)]
    [InlineData("/ready/", FileRefusal.NotADirectory)]
    [InlineData("/ready/.", FileRefusal.NotADirectory)]
    [InlineData("/loop", FileRefusal.BadPath)]
    [InlineData("/loop/deeper", FileRefusal.BadPath)]
    [InlineData("", FileRefusal.BadPath)]
    [InlineData("/a\0b", FileRefusal.BadPath)]
    [InlineData("/etc", FileRefusal.IsADirectory)]
    public async Task Read_PathThatLeadsToNoFile_SaysWhy(string path, FileRefusal refusal)
    {
        await using var container = await HostileContainer.StartAsync();
        container.Link("/dangling", "/none");
        container.Link("/loop", "loop");

        Assert.Equal(refusal, (await RefusedAsync(container, path)).Refusal);
    }

    [Fact]
    public async Task Find_TooLongNamesAndPaths_AreRefused()
    {
        await using var container = await HostileContainer.StartAsync();

        Assert.Equal(FileRefusal.BadPath, (await RefusedAsync(container, "/" + new string('n', 256))).Refusal);
        Assert.Equal(FileRefusal.BadPath, (await RefusedAsync(container, string.Concat(Enumerable.Repeat("/n", 2048)))).Refusal);
    }

    [Fact]
    public async Task Find_LinkAtTheEnd_IsShownItselfUnlessASlashFollows()
    {
        await using var container = await HostileContainer.StartAsync();
        container.Link("/link", "/etc");
        using var root = container.Open();

        using var link = root.Find("/link"u8, followLast: false);
        using var directory = root.Find("/link/"u8, followLast: false);

        Assert.Equal((FileType.SymbolicLink, "/etc"), (link.Type, Encoding.UTF8.GetString(link.Describe("link"u8).Target!)));
        Assert.Equal(FileType.Directory, directory.Type);
    }

    [Fact]
    public async Task Find_TreeOfAThousandLevels_IsWalkedBothWays()
    {
        await using var container = await HostileContainer.StartAsync();
        var path = string.Concat(Enumerable.Repeat("/d", 1000));
        Directory.CreateDirectory(container.PathOf(path));
        container.Write(path + "/end", "deep");
        container.Write("/top", "high");

        Assert.Equal("deep", await ReadAsync(container, path + "/end"));
        Assert.Equal("high", await ReadAsync(container, string.Concat(Enumerable.Repeat("/d", 800)) + string.Concat(Enumerable.Repeat("/..", 800)) + "/top"));
    }

    [Fact]
    public async Task Find_LinksSwappedWhileThePathIsWalked_NeverLeadOutside()
    {
        const int rounds = 3_000;
        await using var container = await HostileContainer.StartAsync();
        await File.WriteAllTextAsync($"{container.HostDirectory}.secret", "of the host", Cancellation);
        Directory.CreateDirectory(container.PathOf("/real"));
        container.Write("/real/file", "of the container");
        var name = Path.GetFileName(container.HostDirectory) + ".secret";
        container.Link("/evil", "../../../../../../../../tmp");
        container.Link($"/real/{name}", "file");
        using var root = container.Open();
        using var done = new CancellationTokenSource();
        var swapping = Task.Run(() => SwapUntil(container, done.Token), Cancellation);
        try
        {
            HashSet<string> read = [];
            for (var round = 0; round < rounds; round++)
            {
                try
                {
                    using var node = root.Find(Encoding.UTF8.GetBytes($"/swapped/{name}"), followLast: true);
                    using var file = node.OpenFile("swapped");
                    read.Add(await ContentAsync(file));
                }
                catch (FileRefusedException)
                {
                    // Where the link stood, or nothing at all.
                }
            }

            Assert.Equal(["of the container"], read);
        }
        finally
        {
            await done.CancelAsync();
            await swapping;
            File.Delete($"{container.HostDirectory}.secret");
        }
    }

    [Fact]
    public async Task Open_AnotherProcessOfThatPid_IsRefused()
    {
        await using var container = await HostileContainer.StartAsync();

        var refused = Assert.Throws<FileRefusedException>(() => ProcessRoot.Open(container.Pid, container.StartTicks + 1));

        Assert.Equal(FileRefusal.ProcessEnded, refused.Refusal);
    }

    [Fact]
    public async Task Find_AfterTheProcessHasEnded_IsRefused()
    {
        await using var container = await HostileContainer.StartAsync();
        using var root = container.Open();
        await container.EndAsync();

        Assert.Equal(FileRefusal.ProcessEnded, Assert.Throws<FileRefusedException>(() => root.Find("/ready"u8, followLast: true)).Refusal);
    }

    [Fact]
    public async Task Read_ProcessThatHasChangedItsRootWithinAMount_IsBeneathThatRoot()
    {
        var jail = Directory.CreateTempSubdirectory("nacelle-").FullName;
        File.Copy("/usr/bin/busybox", $"{jail}/busybox");
        await File.WriteAllTextAsync($"{jail}/file", "of the jail", Cancellation);
        File.CreateSymbolicLink($"{jail}/above", "../../../../../etc/hostname");
        var process = ChildProcess.Start(new ChildProcessStart { Path = "/usr/sbin/chroot", Arguments = [jail, "/busybox", "sleep", "1000000"] });
        try
        {
            await Streaming.Eventually.HoldsAsync(() => ProcessFacts.TryRead(process.Pid)?.Name == "busybox", "the process has its root");
            using var root = ProcessRoot.Open(process.Pid, ProcessFacts.TryRead(process.Pid)!.StartTicks);
            using var node = root.Find("/../file"u8, followLast: true);
            using var file = node.OpenFile("/../file");

            Assert.Equal("of the jail", await ContentAsync(file));
            Assert.Equal(FileRefusal.NotFound, Assert.Throws<FileRefusedException>(() => root.Find("/above"u8, followLast: true)).Refusal);
        }
        finally
        {
            process.Send(Signal.Kill);
            await process.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(jail, recursive: true);
        }
    }

    private static void SwapUntil(HostileContainer container, CancellationToken done)
    {
        using var directory = container.OpenDirectory("/");
        while (!done.IsCancellationRequested)
        {
            FileRename.Replace(directory, "real"u8, "swapped"u8);
            FileRename.Replace(directory, "swapped"u8, "real"u8);
            FileRename.Replace(directory, "evil"u8, "swapped"u8);
            FileRename.Replace(directory, "swapped"u8, "evil"u8);
        }
    }

    private static List<FileEntry> Entries(ProcessRoot root, string path)
    {
        using var node = root.Find(Encoding.UTF8.GetBytes(path), followLast: true);
        using var directory = node.OpenDirectory(path);
        return [.. directory.Read(long.MaxValue)];
    }

    private static string Name(FileEntry entry) => Encoding.UTF8.GetString(entry.Name);

    private static Task<FileRefusedException> RefusedAsync(HostileContainer container, string path) =>
        Assert.ThrowsAsync<FileRefusedException>(() => ReadAsync(container, path));

    private static async Task<string> ReadAsync(HostileContainer container, string path)
    {
        using var root = container.Open();
        using var node = root.Find(Encoding.UTF8.GetBytes(path), followLast: true);
        using var file = node.OpenFile(path);
        return await ContentAsync(file);
    }

    private static async Task<string> ContentAsync(FileContent file)
    {
        using var content = new MemoryStream();
        await file.CopyToAsync(content, 0, file.Size, Cancellation);
        return Encoding.UTF8.GetString(content.ToArray());
    }
}
