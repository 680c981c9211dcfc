using System.Diagnostics;
using k8s.Models;
using Nacelle.Kubelet.Cgroups;
using Nacelle.Linux.Cgroups;
using Xunit;

namespace Nacelle.IntegrationTests.Kubelet;

public sealed class PodCgroupTests : IAsyncLifetime
{
    private readonly CgroupTree _tree = CgroupTree.Detect();
    private readonly string _root = $"/nacelle-test-{Guid.NewGuid():N}";
    private readonly PodCgroup _cgroups;

    public PodCgroupTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        _cgroups = new PodCgroup(_tree, _root);
    }

    [Fact]
    public async Task Create_BurstablePod_IsLimitedAndRemovedWithWhatIsLeftInside()
    {
        var pod = Pod("u1", cpu: "500m", memory: "64Mi"); // limits only: not Guaranteed before the API has filled in requests
        var path = _cgroups.Create(pod);
        Assert.Equal($"{_root}/kubepods/burstable/podu1", path);
        Assert.Equal(path, _cgroups.Create(pod));
        Assert.Equal(64 << 20, (long?)_tree.Open(path).ReadUsage()?.MemoryLimitBytes);
        using var process = Process.Start("sleep", "1000");
        _tree.Open(path + "/container").Create();
        _tree.Open(path + "/container").Add(process.Id);
        Assert.Equal(["u1"], _cgroups.ListPodUids());
        if (_tree is { Version: CgroupVersion.V1, Unified: { } unified })
        {
            Directory.CreateDirectory($"{unified}{path}/left-by-crun");
        }

        Assert.False(_cgroups.RemoveRoot());

        await _cgroups.RemoveAsync("u1", TestContext.Current.CancellationToken);
        await _cgroups.RemoveAsync("u1", TestContext.Current.CancellationToken);

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(128 + 9, process.ExitCode);
        Assert.False(_tree.Open(path).Exists);
        Assert.Empty(_cgroups.ListPodUids());
    }

    [Theory]
    [InlineData(null, null, "/kubepods/besteffort/podu2")]
    [InlineData("1", null, "/kubepods/burstable/podu2")]
    [InlineData("1", "64Mi", "/kubepods/podu2")]
    public void Create_Pod_StandsBelowItsClass(string? cpu, string? memory, string expected)
    {
        var pod = Pod("u2", cpu, memory);
        pod.Spec.Containers[0].Resources.Requests = pod.Spec.Containers[0].Resources.Limits;

        Assert.Equal(_root + expected, _cgroups.Create(pod));
        Assert.True(_tree.Open(_root + expected).Exists);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var uid in _cgroups.ListPodUids())
        {
            await _cgroups.RemoveAsync(uid, CancellationToken.None);
        }

        Assert.True(_cgroups.RemoveRoot());
        Assert.False(_tree.Open(_root).Exists);
        Assert.False(Directory.Exists(_tree.Unified + _root));
    }

    private static V1Pod Pod(string uid, string? cpu, string? memory)
    {
        var limits = new Dictionary<string, ResourceQuantity>();
        if (cpu is not null)
        {
            limits["cpu"] = new ResourceQuantity(cpu);
        }

        if (memory is not null)
        {
            limits["memory"] = new ResourceQuantity(memory);
        }

        return new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "ns", Uid = uid },
            Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Resources = new V1ResourceRequirements { Limits = limits } }] },
        };
    }
}
