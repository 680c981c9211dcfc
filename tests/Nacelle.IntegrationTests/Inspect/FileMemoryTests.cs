using System.Globalization;
using System.Text;
using Nacelle.IntegrationTests.Images;
using Nacelle.Linux.Files;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

/// <summary>Memory is the whole process's: nothing else may run meanwhile.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class FileMemoryTests
{
    private const int Many = 100_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CopyTo_OneGibibyteOfHoles_TakesOneBuffer()
    {
        await using var container = await HostileContainer.StartAsync();
        using (var made = File.Create(container.PathOf("/sparse")))
        {
            made.SetLength(1L << 30);
        }

        using var root = container.Open();
        using var node = root.Find("/sparse"u8, followLast: true);
        using var file = node.OpenFile("/sparse");
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var copied = await file.CopyToAsync(Stream.Null, 0, file.Size, Cancellation);

        Assert.Equal(1L << 30, copied);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 16 << 20);
    }

    [Fact]
    public async Task Read_AHundredThousandFiles_KeepsNoneOfThem()
    {
        await using var container = await HostileContainer.StartAsync();
        Directory.CreateDirectory(container.PathOf("/many"));
        using (var directory = container.OpenDirectory("/many"))
        {
            for (var i = 0; i < Many; i++)
            {
                FileAt.MakeSymbolicLink("x"u8, directory, Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture)));
            }
        }

        using var root = container.Open();
        using var node = root.Find("/many"u8, followLast: true);
        using var content = node.OpenDirectory("/many");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var told = 0;
        long largest = 0;
        foreach (var _ in content.Read(long.MaxValue))
        {
            if (++told % 20_000 == 0)
            {
                largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(Many, told);
        Assert.InRange(largest, long.MinValue, 1 << 20);
    }

    [Fact]
    public async Task Read_OneGibibyteOverHttp_KeepsNoneOfIt()
    {
        await using var container = await HostileContainer.StartAsync();
        using (var made = File.Create(container.PathOf("/sparse")))
        {
            made.SetLength(1L << 30);
        }

        await using var server = await FilesServer.StartAsync(container);
        _ = PeakResidentBytes();
        var before = PeakResidentBytes();
        using var answer = await server.Client.GetAsync(
            new Uri("?operation=read&path=/sparse", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var content = await answer.Content.ReadAsStreamAsync(Cancellation);
        var buffer = new byte[128 * 1024];
        long read = 0;
        for (int count; (count = await content.ReadAsync(buffer, Cancellation)) > 0;)
        {
            read += count;
        }

        Assert.Equal(1L << 30, read);
        Assert.InRange(PeakResidentBytes() - before, 0, 64 << 20);
    }

    private static long PeakResidentBytes()
    {
        // 5 begins a new peak (proc(5), clear_refs); the value is in KiB.
        const string field = "VmHWM:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        File.WriteAllText("/proc/self/clear_refs", "5");
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) << 10;
    }
}
