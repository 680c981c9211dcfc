using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Mounts;
using Xunit;

namespace Nacelle.UnitTests.Linux;

public sealed class CgroupTreeTests
{
    [Fact]
    public void From_ControllersOfV1BesideCgroup2_IsV1()
    {
        var tree = CgroupTree.From(
        [
            Mount("/sys/fs/cgroup/cpu,cpuacct", "cgroup", "rw,cpu,cpuacct"),
            Mount("/sys/fs/cgroup/memory", "cgroup", "rw,memory"),
            Mount("/sys/fs/cgroup/systemd", "cgroup", "rw,xattr,name=systemd"),
            Mount("/sys/fs/cgroup/unified", "cgroup2", "rw,nsdelegate"),
        ]);

        Assert.Equal(CgroupVersion.V1, tree.Version);
        Assert.Equal(3, tree.Hierarchies.Length);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct/a/b", tree.DirectoryOf("cpuacct", "/a/b/"));
        Assert.Null(tree.DirectoryOf("pids", "/a"));
        Assert.Equal("/sys/fs/cgroup/unified", tree.Unified);
    }

    [Fact]
    public void From_OnlyCgroup2_IsV2()
    {
        var tree = CgroupTree.From([Mount("/sys/fs/cgroup", "cgroup2", "rw,nsdelegate")]);

        Assert.Equal(CgroupVersion.V2, tree.Version);
        Assert.Equal(["/sys/fs/cgroup/a/b"], tree.Open("a/b").Directories);
    }

    [Fact]
    public void From_Nothing_Throws() => Assert.Throws<InvalidOperationException>(() => CgroupTree.From([]));

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1024, 39)]
    [InlineData(262144, 10000)]
    [InlineData(1, 1)]
    public void WeightOfShares_Shares_FollowsTheOciFormula(long shares, long weight) =>
        Assert.Equal(weight, CgroupLimitFiles.WeightOfShares(shares));

    private static MountEntry Mount(string point, string type, string super) => new(1, 0, "/", point, "rw", type, type, super);
}
