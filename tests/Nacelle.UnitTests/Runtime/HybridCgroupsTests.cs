using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Mounts;
using Nacelle.Runtime;
using Xunit;

namespace Nacelle.UnitTests.Runtime;

public sealed class HybridCgroupsTests : IDisposable
{
    private static readonly MountEntry Memory = new(1, 0, "/", "/sys/fs/cgroup/memory", "rw", "cgroup", "cgroup", "rw,memory");

    private readonly string unified = Directory.CreateTempSubdirectory("nacelle-").FullName;

    [Fact]
    public void Describe_CrunAndControllersOnCgroup2_NamesThemAndTheCommand()
    {
        File.WriteAllText($"{unified}/cgroup.controllers", "hugetlb\n");

        var text = HybridCgroups.Describe("crun", CgroupTree.From([Memory, Cgroup2()]));

        Assert.StartsWith($"hugetlb on cgroup2 at {unified}; run: ", text, StringComparison.Ordinal);
        Assert.EndsWith("mkdir -p /sys/fs/cgroup/hugetlb && mount -t cgroup -o hugetlb cgroup /sys/fs/cgroup/hugetlb", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crun", true, "\n")]
    [InlineData("runc", true, "hugetlb\n")]
    [InlineData("crun", false, "cpu memory pids\n")]
    public void Describe_NothingInTheWay_IsNull(string ociRuntime, bool hybrid, string controllers)
    {
        File.WriteAllText($"{unified}/cgroup.controllers", controllers);

        Assert.Null(HybridCgroups.Describe(ociRuntime, CgroupTree.From(hybrid ? [Memory, Cgroup2()] : [Cgroup2()])));
    }

    public void Dispose() => Directory.Delete(unified, recursive: true);

    private MountEntry Cgroup2() => new(2, 0, "/", unified, "rw", "cgroup2", "cgroup2", "rw");
}
