using Nacelle.Linux.Mounts;
using Xunit;

namespace Nacelle.UnitTests.Linux;

public sealed class MountEntryTests
{
    [Fact]
    public void Parse_LineWithOptionalFieldsAndEscapes_ReadsBoth()
    {
        var entry = MountEntry.Parse(@"36 35 98:0 /mnt1 /mnt\0402 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue");

        Assert.Equal(new MountEntry(36, 35, "/mnt1", "/mnt 2", "rw,noatime", "ext3", "/dev/root", "rw,errors=continue") { Device = "98:0" }, entry);
    }

    [Fact]
    public void Parse_NoMountLine_GivesNull() => Assert.Null(MountEntry.Parse("garbage"));
}
