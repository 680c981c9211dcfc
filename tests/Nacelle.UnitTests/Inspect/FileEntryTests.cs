using Nacelle.Inspect.Files;
using Nacelle.Linux.Files;
using Xunit;

namespace Nacelle.UnitTests.Inspect;

public sealed class FileEntryTests
{
    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-62135596801)]
    [InlineData(253402300800)]
    [InlineData(long.MaxValue)]
    public void From_TimeThatNoCalendarHas_TellsNone(long seconds) => Assert.Null(FileEntry.From("a"u8, Status(0x8000, seconds)).Modified);

    [Theory]
    [InlineData(-62135596800)]
    [InlineData(253402300799)]
    public void From_FirstAndLastTimeOfTheCalendar_TellsThem(long seconds) =>
        Assert.Equal(seconds, FileEntry.From("a"u8, Status(0x8000, seconds)).Modified!.Value.ToUnixTimeSeconds());

    [Theory]
    [InlineData(0x81A4u, FileType.File)]
    [InlineData(0x41EDu, FileType.Directory)]
    [InlineData(0xA1FFu, FileType.SymbolicLink)]
    [InlineData(0xC1FFu, FileType.Socket)]
    [InlineData(0x2180u, FileType.CharDevice)]
    [InlineData(0x6180u, FileType.BlockDevice)]
    [InlineData(0x1180u, FileType.FIFO)]
    [InlineData(0u, FileType.Unknown)]
    [InlineData(0xF000u, FileType.Unknown)]
    public void From_EachKind_IsNamed(uint mode, FileType type) => Assert.Equal(type, FileEntry.From("a"u8, Status(mode, 0)).Type);

    private static FileStatus Status(uint mode, long seconds) => new(mode, 0, 0, 0, seconds, 999_999_999, 0, 0);
}
