using System.Text;
using Nacelle.Inspect.Processes;
using Xunit;

namespace Nacelle.UnitTests.Inspect.Processes;

public sealed class StatusFileTests
{
    // The kernel writes a newline in a name as \n: no line can be feigned.
    private const string Text = """
        Name:	a\nUid:\t9
        Umask:	0022
        State:	S (sleeping)
        Tgid:	4242
        Pid:	4242
        Uid:	0	101	0	101
        Gid:	0	102	0	102
        FDSize:	64
        Groups:	1 2 3
        NStgid:	4242	12	1
        NSpid:	4242	12	1
        SigBlk:	0000000000004000
        SigIgn:	0000000000000001
        SigCgt:	8000000000000400
        CapEff:	00000000a80425fb
        NoNewPrivs:	1
        Seccomp:	2
        Seccomp_filters:	1

        """;

    [Fact]
    public void Parse_WholeFile_ReadsItsFields()
    {
        var status = StatusFile.Parse(Encoding.ASCII.GetBytes(Text));

        Assert.Equal(101u, status.Uid);
        Assert.Equal(102u, status.Gid);
        Assert.Equal([4242, 12, 1], status.NamespacePids);
        Assert.Equal(0xa80425fbUL, status.EffectiveCapabilities);
        Assert.True(status.NoNewPrivileges);
        Assert.Equal(2, status.Seccomp);
        Assert.Equal(0x4000UL, status.BlockedSignals);
        Assert.Equal(1UL, status.IgnoredSignals);
        Assert.Equal(0x8000000000000400UL, status.CaughtSignals);
    }

    [Fact]
    public void Parse_TextCutAnywhere_DoesNotThrow()
    {
        var text = Encoding.ASCII.GetBytes(Text);
        for (var length = 0; length < text.Length; length++)
        {
            Assert.NotNull(StatusFile.Parse(text.AsSpan(0, length)).NamespacePids);
        }
    }

    [Fact]
    public void Parse_UidThatIsNone_IsNobodyAndNotRoot() =>
        Assert.Equal(uint.MaxValue, StatusFile.Parse("Uid:\tx\ty\n"u8).Uid);
}
