using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Nacelle.Inspect.Files;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

public sealed partial class FileContentTests
{
    private const int Megabyte = 1 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CopyTo_FileTruncatedMeanwhile_IsAShortCopy()
    {
        await using var container = await HostileContainer.StartAsync();
        await File.WriteAllBytesAsync(container.PathOf("/file"), new byte[Megabyte], Cancellation);
        using var file = Open(container, "/file");

        var copied = await file.CopyToAsync(new ActingStream(() => File.WriteAllText(container.PathOf("/file"), "")), 0, file.Size, Cancellation);

        Assert.Equal(Megabyte, file.Size);
        Assert.InRange(copied, 1, Megabyte - 1);
    }

    [Fact]
    public async Task CopyTo_FileThatGrowsMeanwhile_EndsAtTheSizeItHad()
    {
        await using var container = await HostileContainer.StartAsync();
        container.Write("/log", "first\n");
        using var file = Open(container, "/log");
        using var content = new MemoryStream();
        await File.AppendAllTextAsync(container.PathOf("/log"), "second\n", Cancellation);

        await file.CopyToAsync(content, 0, file.Size, Cancellation);

        Assert.Equal("first\n", Encoding.UTF8.GetString(content.ToArray()));
    }

    [Fact]
    public async Task CopyTo_FileRemovedAndProcessEndedMeanwhile_IsWholeStill()
    {
        await using var container = await HostileContainer.StartAsync();
        await File.WriteAllBytesAsync(container.PathOf("/file"), new byte[Megabyte], Cancellation);
        using var file = Open(container, "/file");
        File.Delete(container.PathOf("/file"));
        await container.EndAsync();

        Assert.Equal(Megabyte, await file.CopyToAsync(Stream.Null, 0, file.Size, Cancellation));
    }

    [Fact]
    public async Task CopyTo_PartInTheMiddle_IsThatPart()
    {
        await using var container = await HostileContainer.StartAsync();
        container.Write("/file", "0123456789");
        using var file = Open(container, "/file");
        using var content = new MemoryStream();

        Assert.Equal(4, await file.CopyToAsync(content, 3, 4, Cancellation));
        Assert.Equal(0, await file.CopyToAsync(content, 10, 4, Cancellation));
        Assert.Equal("3456", Encoding.UTF8.GetString(content.ToArray()));
    }

    [Fact]
    public async Task Open_FileThatAnotherProgramHoldsALeaseOn_IsRefusedAndNotWaitedFor()
    {
        const int F_SETSIG = 10;
        const int F_SETLEASE = 1024;
        const int F_WRLCK = 1;
        const int SIGURG = 23;
        await using var container = await HostileContainer.StartAsync();
        using var leased = File.OpenHandle(container.PathOf("/leased"), FileMode.Create, FileAccess.ReadWrite);

        // The kernel tells the holder of whoever comes by a signal; this one is ignored.
        Assert.Equal(0, fcntl(leased, F_SETSIG, SIGURG));
        Assert.Equal(0, fcntl(leased, F_SETLEASE, F_WRLCK));

        var refused = Assert.Throws<FileRefusedException>(() => Open(container, "/leased"));

        Assert.Equal("/leased: can't be opened: another program holds a lease on it", refused.Message);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, int argument);

    private static FileContent Open(HostileContainer container, string path)
    {
        using var root = container.Open();
        using var node = root.Find(Encoding.UTF8.GetBytes(path), followLast: true);
        return node.OpenFile(path);
    }
}
