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
}
