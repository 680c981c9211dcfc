using Nacelle.Inspect.Files;
using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

/// <summary>
/// A process with a mount namespace and a root directory of its own, a tmpfs full of traps: kernel file systems, a FUSE file system whose program never
/// answers, and whatever a test puts there. Disposing it ends the process, and all of it with the process.
/// </summary>
internal sealed class HostileContainer : IAsyncDisposable
{
    // The shell's descriptor 9 is the FUSE program that never reads a request; sleep inherits it.
    private const string Script = """
        set -e
        mount -t tmpfs hostile "$1"
        cd "$1"
        mkdir bin etc proc sys cgroup dev pts mqueue trace fuse volume
        cp /usr/bin/busybox bin/
        mount -t proc proc proc
        mount -t sysfs sysfs sys
        mount -t cgroup2 cgroup2 cgroup
        mount -t devpts devpts pts
        mount -t mqueue mqueue mqueue
        mount -t tracefs tracefs trace
        mount -t tmpfs volume volume
        exec 9<>/dev/fuse
        mount -i -t "fuse.$(printf '\033[2J')" -o fd=9,rootmode=40000,user_id=0,group_id=0 stuck fuse
        : >ready
        exec chroot . /bin/busybox sleep 1000000
        """;

    private readonly string directory = Directory.CreateTempSubdirectory("nacelle-").FullName;
    private readonly ChildProcess process;

    private HostileContainer() => process = ChildProcess.Start(new ChildProcessStart
    {
        Path = "/usr/bin/unshare",
        Arguments = ["--mount", "--propagation", "private", "/bin/sh", "-c", Script, "sh", directory],
    });

    public int Pid => process.Pid;

    public long StartTicks => ProcessFacts.TryRead(Pid)!.StartTicks;

    /// <summary>The directory of the host that the process's root is mounted on; there, it is not seen.</summary>
    public string HostDirectory => directory;

    public static async Task<HostileContainer> StartAsync()
    {
        Assert.SkipUnless(File.Exists("/dev/fuse"), "no /dev/fuse");
        var container = new HostileContainer();
        await Streaming.Eventually.HoldsAsync(
            () => File.Exists(container.PathOf("/ready")) && File.Exists(container.PathOf("/bin/busybox")) && ProcessFacts.TryRead(container.Pid)?.Name == "busybox",
            "the process has its root");
        return container;
    }

    /// <summary>How this process, the host, reaches a file of it.</summary>
    public string PathOf(string path) => $"/proc/{Pid}/root{path}";

    public ProcessRoot Open() => ProcessRoot.Open(Pid, StartTicks);

    public FileDescriptor OpenDirectory(string path) => FileAt.OpenAbsolute(PathOf(path));

    public void Write(string path, string content) => File.WriteAllText(PathOf(path), content);

    public void Link(string path, string target) => File.CreateSymbolicLink(PathOf(path), target);

    public async Task EndAsync()
    {
        process.Send(Signal.Kill);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Directory.Delete(directory);
    }
}
