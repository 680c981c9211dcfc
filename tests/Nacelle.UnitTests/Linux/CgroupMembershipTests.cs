using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Mounts;
using Xunit;

namespace Nacelle.UnitTests.Linux;

public sealed class CgroupMembershipTests
{
    private static readonly CgroupTree V1 = CgroupTree.From(
    [
        Mount("/sys/fs/cgroup/cpu,cpuacct", "cgroup", "rw,cpu,cpuacct"), Mount("/sys/fs/cgroup/memory", "cgroup", "rw,memory"),
        Mount("/sys/fs/cgroup/pids", "cgroup", "rw,pids"),
    ]);

    private static readonly CgroupTree Hybrid = CgroupTree.From(
        [Mount("/sys/fs/cgroup/memory", "cgroup", "rw,memory"), Mount("/sys/fs/cgroup/unified", "cgroup2", "rw,nsdelegate")]);

    private static readonly CgroupTree V2 = CgroupTree.From([Mount("/sys/fs/cgroup", "cgroup2", "rw,nsdelegate")]);

    [Fact]
    public void Find_V1_TakesThePidsHierarchy() =>
        Assert.Equal("/a/pod1/c1", CgroupMembership.Find(V1, "12:cpu,cpuacct:/other\n4:memory:/memory\n3:pids:/a/pod1/c1\n1:name=systemd:/\n"));

    [Fact]
    public void Find_V1WithoutPids_TakesTheMemoryHierarchy() => Assert.Equal("/a", CgroupMembership.Find(V1, "4:memory:/a\n2:cpu,cpuacct:/b\n"));

    [Fact]
    public void Find_Hybrid_DoesNotTakeTheUnifiedOne() => Assert.Equal("/a", CgroupMembership.Find(Hybrid, "4:memory:/a\n0::/init.scope\n"));

    [Fact]
    public void Find_V2_TakesTheOnlyOne() => Assert.Equal("/a/c1", CgroupMembership.Find(V2, "0::/a/c1\n"));

    /// <summary>systemd's slices of containers hold colons: <c>cri-containerd:id</c>.</summary>
    [Fact]
    public void Find_PathWithColons_IsWhole() => Assert.Equal("/pods.slice:crio:1", CgroupMembership.Find(V2, "0::/pods.slice:crio:1\n"));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("3:pids")]
    [InlineData("3:cpu:/x\n")]
    public void Find_NoSuchHierarchy_IsNull(string text)
    {
        Assert.Null(CgroupMembership.Find(V1, text));
        Assert.Null(CgroupMembership.Find(V2, text));
    }

    private static MountEntry Mount(string point, string type, string super) => new(1, 0, "/", point, "rw", type, type, super);
}
