using Nacelle.Inspect.Exposure;
using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.UnitTests.Inspect;

public sealed class StatusCredentialsTests
{
    private const string Status =
        "Name:\tnginx\\nUid:\t7\nUmask:\t0022\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t10 20 \nNSpid:\t812\t9\nCapInh:\t0000000000000001\n"
        + "CapPrm:\t00000000a80425fb\nCapEff:\t0000000000000002\nCapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";

    [Fact]
    public void Parse_StatusFile_TakesAllOfIt()
    {
        Credentials credentials = StatusCredentials.Parse(StatusCredentials.Fields(Status));
        Assert.Equal((new IdTriple(1, 2, 3), new IdTriple(5, 6, 7)), (credentials.Uids, credentials.Gids));
        Assert.Equal([10, 20], credentials.Groups);
        Assert.Equal(0xa80425fbUL, credentials.Permitted);
        Assert.Equal(2UL, credentials.Effective);
        Assert.Equal(1UL, credentials.Inheritable);
        Assert.Equal(0x1ffffffffffUL, credentials.Bounding);
        Assert.True(credentials.NoNewPrivileges);
    }

    [Theory]
    [InlineData("Uid:")]
    [InlineData("CapPrm:")]
    [InlineData("NoNewPrivs:")]
    public void Parse_FieldMissing_Throws(string field) => Assert.Throws<FormatException>(() =>
        StatusCredentials.Parse(StatusCredentials.Fields(Status.Replace("\n" + field, "\nX:", StringComparison.Ordinal))));
}
