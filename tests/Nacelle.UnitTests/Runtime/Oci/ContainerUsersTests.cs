using Nacelle.Runtime;
using Nacelle.Runtime.Oci;
using Runtime.V1;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Oci;

public sealed class ContainerUsersTests
{
    private static readonly string[][] Passwd = [["root", "x", "0", "0", "", "/root", "/bin/sh"], ["app", "x", "1000", "1001", "", "/", "/bin/sh"]];
    private static readonly string[][] Group = [["root", "x", "0", ""], ["app", "x", "1001", ""], ["extra", "x", "2000", "other,app"]];

    [Theory]
    [InlineData("", 0, 0, "0")]
    [InlineData("app", 1000, 1001, "1001,2000")]
    [InlineData("1000", 1000, 1001, "1001,2000")]
    [InlineData("app:extra", 1000, 2000, "2000")]
    [InlineData("4000", 4000, 0, "0")]
    [InlineData("4000:5000", 4000, 5000, "5000")]
    public void Resolve_ImageUser_GivesNumbers(string image, int uid, int gid, string groups)
    {
        var user = ContainerUsers.Resolve(Passwd, Group, null, image);

        Assert.Equal(((uint)uid, (uint)gid, groups), (user.Uid, user.Gid, string.Join(',', user.AdditionalGids)));
    }

    [Fact]
    public void Resolve_RequestedUser_TakesNothingOfTheImagesUser()
    {
        var security = new LinuxContainerSecurityContext { RunAsUser = new Int64Value { Value = 1000 }, SupplementalGroups = { 7 } };
        var user = ContainerUsers.Resolve(Passwd, Group, security, "root:root");

        Assert.Equal((1000u, 1001u, "7,1001,2000"), (user.Uid, user.Gid, string.Join(',', user.AdditionalGids)));
    }

    [Fact]
    public void Resolve_StrictPolicy_LeavesTheImagesGroupsOut()
    {
        var security = new LinuxContainerSecurityContext
        {
            RunAsUser = new Int64Value { Value = 1000 },
            RunAsGroup = new Int64Value { Value = 3000 },
            SupplementalGroups = { 7 },
            SupplementalGroupsPolicy = SupplementalGroupsPolicy.Strict,
        };

        Assert.Equal([7u, 3000u], ContainerUsers.Resolve(Passwd, Group, security, "").AdditionalGids);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("app:nogroup")]
    public void Resolve_NameThatTheImageDoesNotKnow_IsRefused(string image) =>
        Assert.Equal(FailureKind.InvalidArgument, Assert.Throws<RuntimeException>(() => ContainerUsers.Resolve(Passwd, Group, null, image)).Kind);
}
