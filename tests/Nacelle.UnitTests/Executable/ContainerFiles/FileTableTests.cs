using Nacelle.ContainerFiles;
using Nacelle.Inspect.Files;
using Xunit;

namespace Nacelle.UnitTests.Executable.ContainerFiles;

public sealed class FileTableTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public void Lines_FilesOfAllKinds_StandInColumnsWithTheirNamesEscaped()
    {
        FileEntry[] files =
        [
            new() { Name = "plain"u8.ToArray(), Type = FileType.File, Mode = 0x1A4, Uid = 101, Size = 12345, Modified = Time },
            new() { Name = "\u001b[2J\n"u8.ToArray(), Type = FileType.SymbolicLink, Mode = 0x1FF, Size = 4, Modified = Time, Target = "/a\tb"u8.ToArray() },
            new() { Name = "null"u8.ToArray(), Type = FileType.CharDevice, Mode = 0x1B6, Gid = 6, Device = "1:3", Modified = Time },
            new() { Name = "proc"u8.ToArray(), Type = FileType.Directory, Mode = 0x16D, FileSystem = "proc" },
            new() { Name = "su"u8.ToArray(), Type = FileType.File, Mode = 0x9ED, Size = 1, Modified = Time },
            new() { Name = "tmp"u8.ToArray(), Type = FileType.Directory, Mode = 0x3FE, Modified = Time },
        ];

        Assert.Equal(
            """
            -rw-r--r-- 101 0 12345 2026-01-02T03:04:05Z plain
            lrwxrwxrwx   0 0     4 2026-01-02T03:04:05Z \x1b[2J\n -> /a\tb
            crw-rw-rw-   0 6   1:3 2026-01-02T03:04:05Z null
            dr-xr-xr-x   0 0     0 ?                    proc (proc)
            -rwsr-xr-x   0 0     1 2026-01-02T03:04:05Z su
            drwxrwxrwT   0 0     0 2026-01-02T03:04:05Z tmp
            """.Split('\n'),
            FileTable.Lines(files));
    }
}
