using k8s.Models;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubernetes.Client;
using Nacelle.UnitTests.Kubelet.Fakes;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodWorkers;

/// <summary>What a worker says, before it starts a container, about a program that will not be PID 1.</summary>
public sealed class EntrypointEventTests : IAsyncLifetime
{
    private const string Runit = """{"imageSpec": {"config": {"Entrypoint": ["/sbin/runit"], "Env": ["PATH=/sbin"]}}}""";
    private const string Tini = """{"imageSpec": {"config": {"Entrypoint": ["tini", "--"], "Cmd": ["nginx"]}}}""";

    private FakeNode _node = null!;
    private PodWorkerPool _pool = null!;

    private FakeRuntimeState State => _node.Runtime.State;

    private IEnumerable<string> Told => _node.Api.Events.Where(e => e.Contains("EntrypointNotPID1", StringComparison.Ordinal));

    public async ValueTask InitializeAsync()
    {
        _node = await FakeNode.StartAsync();
        _pool = new PodWorkerPool(_node.Services());
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Apply_ImageThatInsistsOnPid1_IsToldBeforeTheStart()
    {
        State.ImageInfo = Runit;

        await RunAsync(SharedPod());

        var events = _node.Api.Events.ToList();
        Assert.StartsWith("Warning EntrypointNotPID1 runit insists on being PID 1, but /pause is (shareProcessNamespace: true): ", Assert.Single(Told), StringComparison.Ordinal);
        Assert.True(events.IndexOf(Told.Single()) < events.FindIndex(e => e.Contains(" Started ", StringComparison.Ordinal)), string.Join('\n', events));
    }

    [Fact]
    public async Task Apply_OwnNamespace_IsNotTold()
    {
        State.ImageInfo = Runit;

        await RunAsync(Pods.Make());

        Assert.Empty(Told);
    }

    [Fact]
    public async Task Apply_RuntimeThatGivesNoConfiguration_IsNotTold()
    {
        await RunAsync(SharedPod());

        Assert.Empty(Told);
    }

    [Fact]
    public async Task Apply_RuntimeThatGivesNoConfiguration_IsToldByTheCommand()
    {
        var pod = SharedPod();
        pod.Spec.Containers[0].Command = ["/sbin/init"];

        await RunAsync(pod);

        Assert.StartsWith("Warning EntrypointNotPID1 init insists on being PID 1", Assert.Single(Told), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("TINI_SUBREAPER", 0)]
    public async Task Apply_TiniOfTheImage_ContainersVariableDecides(string? variable, int told)
    {
        State.ImageInfo = Tini;
        var pod = SharedPod();
        pod.Spec.Containers[0].Env = variable is null ? null : [new V1EnvVar { Name = variable, Value = "secret" }];

        await RunAsync(pod);

        Assert.Equal(told, Told.Count());
    }

    private async Task RunAsync(V1Pod pod)
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await _node.UntilAsync(() => _node.Api.Events.Any(e => e.Contains(" Started ", StringComparison.Ordinal)), () => _pool.Wake(null));
    }

    private static V1Pod SharedPod()
    {
        var pod = Pods.Make();
        pod.Spec.ShareProcessNamespace = true;
        return pod;
    }
}
