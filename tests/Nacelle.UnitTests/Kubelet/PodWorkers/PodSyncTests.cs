using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubelet.Probes;
using Nacelle.Kubelet.Status;
using Nacelle.UnitTests.Kubelet.Fakes;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodWorkers;

/// <summary>Single steps of a Pod, with a clock that stands still, against the fake runtime.</summary>
public sealed class PodSyncTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private FakeNode _node = null!;
    private PodServices _services = null!;
    private PodMemory _memory = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private FakeRuntimeState State => _node.Runtime.State;

    public async ValueTask InitializeAsync()
    {
        _node = await FakeNode.StartAsync();
        _services = _node.Services(_time);
    }

    public async ValueTask DisposeAsync()
    {
        await _memory.Probes.DisposeAsync();
        await _memory.Publisher.DrainAsync(Stop);
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Step_EphemeralContainerCannotStart_ShowsItsEndAndIsNotWokenForIt()
    {
        var pod = Pods.Make();
        await StepAsync(pod);
        pod.Spec.EphemeralContainers = [new V1EphemeralContainer { Name = "debug", Image = "busybox" }];
        State.Failures["StartContainer"] = "no such file";

        var outcome = await StepAsync(pod);

        var debug = Assert.Single(_memory.Publisher.Latest!.EphemeralContainerStatuses);
        Assert.Equal(("StartError", 128), (debug.State.Terminated?.Reason, debug.State.Terminated?.ExitCode));
        Assert.Null(outcome.LookAgain);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null((await StepAsync(pod)).LookAgain);
    }

    [Fact]
    public async Task Step_NeverContainerCannotStart_ShowsItsEndAndIsNotWokenForIt()
    {
        var pod = Pods.Make("Never", null, "a", "b");
        State.Failures["StartContainer"] = "no such file";

        var outcome = await StepAsync(pod);

        Assert.Equal("StartError", Assert.Single(_memory.Publisher.Latest!.ContainerStatuses, c => c.State.Running is null).State.Terminated?.Reason);
        Assert.Null(outcome.LookAgain);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null((await StepAsync(pod)).LookAgain);
    }

    [Fact]
    public async Task Step_StartFails_WaitsAndIsTriedAgain()
    {
        var pod = Pods.Make();
        State.Failures["StartContainer"] = "no such file";

        var outcome = await StepAsync(pod);

        Assert.Equal("RunContainerError", _memory.Publisher.Latest!.ContainerStatuses[0].State.Waiting.Reason);
        Assert.InRange(outcome.LookAgain!.Value.TotalSeconds, 9, 11);
        _time.Advance(outcome.LookAgain.Value);
        await StepAsync(pod);
        Assert.NotNull(_memory.Publisher.Latest!.ContainerStatuses[0].State.Running);
    }

    [Fact]
    public async Task Step_StartFailsWhereItsEntrypointIsNotPid1_IsToldOnce()
    {
        var pod = Pods.Make();
        pod.Spec.ShareProcessNamespace = true;
        pod.Spec.Containers[0].Command = ["runit"];
        State.Failures["StartContainer"] = "no such file";

        _time.Advance((await StepAsync(pod)).LookAgain!.Value);
        await StepAsync(pod);

        Assert.Equal(2, State.Calls.Count(c => c == "CreateContainer a"));
        await _node.UntilAsync(() => _node.Api.Events.Any(e => e.Contains(" Started ", StringComparison.Ordinal)));
        Assert.Single(_node.Api.Events, e => e.StartsWith("Warning EntrypointNotPID1 runit ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Step_ImageCorrectedDuringItsBackOff_StartsAtOnce()
    {
        var pod = Pods.Make();
        pod.Spec.Containers[0].Image = "missing:1";
        await StepAsync(pod);
        Assert.Equal("ErrImagePull", _memory.Publisher.Latest!.ContainerStatuses[0].State.Waiting.Reason);

        pod.Spec.Containers[0].Image = "busybox";
        await StepAsync(pod);

        Assert.NotNull(_memory.Publisher.Latest!.ContainerStatuses[0].State.Running);
    }

    [Fact]
    public async Task Step_ImageChangedUnderNever_RestartsTheContainerInTheSameStep()
    {
        var pod = Pods.Make("Never");
        await StepAsync(pod);
        State.Images["other:1"] = true;

        pod.Spec.Containers[0].Image = "other:1";
        var outcome = await StepAsync(pod);

        Assert.False(outcome.Ended);
        Assert.True(_memory.Publisher.Latest is { Phase: "Running", ContainerStatuses: [{ RestartCount: 1, State.Running: not null }] });
    }

    [Fact]
    public async Task Step_ImageChangedToOneThatIsMissing_DoesNotEndThePod()
    {
        var pod = Pods.Make("OnFailure");
        await StepAsync(pod);

        pod.Spec.Containers[0].Image = "missing:1";
        await StepAsync(pod);
        _time.Advance(TimeSpan.FromSeconds(2));
        var outcome = await StepAsync(pod);

        Assert.False(outcome.Ended);
        Assert.True(_memory.Publisher.Latest is { Phase: "Running", ContainerStatuses: [{ State.Waiting.Reason: "ImagePullBackOff" }] });
    }

    [Fact]
    public async Task Step_EphemeralContainerWithRefusedField_WaitsAloneAndThePodGoesOn()
    {
        var pod = Pods.Make();
        await StepAsync(pod);
        pod.Spec.EphemeralContainers =
        [
            new V1EphemeralContainer
            {
                Name = "debug",
                Image = "busybox",
                SecurityContext = new V1SecurityContext { SeLinuxOptions = new V1SELinuxOptions { Level = "s0" } },
            },
        ];
        State.Exit("a", 1);

        await StepAsync(pod);

        var status = _memory.Publisher.Latest!;
        Assert.True(status.ContainerStatuses is [{ RestartCount: 1, State.Running: not null }]);
        var waiting = Assert.Single(status.EphemeralContainerStatuses).State.Waiting;
        Assert.Equal(
            ("FieldNotSupported", "spec.ephemeralContainers[0].securityContext.seLinuxOptions: not supported"), (waiting?.Reason, waiting?.Message));
        Assert.DoesNotContain("CreateContainer debug", State.Calls);
        await _node.UntilAsync(() => _node.Api.Events.Contains(
            "Warning FieldNotSupported spec.ephemeralContainers[0].securityContext.seLinuxOptions is not supported, the container waits"));
    }

    [Fact]
    public async Task Step_SandboxOfNeverPodEnds_TellsOnceWhoEndedIt()
    {
        var pod = Pods.Make("Never");
        await StepAsync(pod);
        State.Info[State.Sandboxes.Keys.Single()] = ("nacelle.sandboxEnded", """{"signal":"SIGTERM","senderPid":7}""");
        State.EndSandbox();

        Assert.True((await StepAsync(pod)).Ended);
        Assert.True((await StepAsync(pod)).Ended);

        await _node.UntilAsync(() => _node.Api.Events.Contains(
            "Normal SandboxChanged Pod sandbox changed, the pod ends with it: nothing in it may be restarted. /pause was ended by SIGTERM from PID 7."));
        Assert.Single(_node.Api.Events, e => e.Contains("SandboxChanged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Step_LeftoversOfAnEndAlreadyReported_AreNotToldAgainByANewKubelet()
    {
        var pod = Pods.Make();
        await StepAsync(pod);
        State.Info[State.Containers.Keys.Single()] = ("nacelle.leftovers", "2");
        State.Exit("a", 1);
        await StepAsync(pod);
        pod.Status = _memory.Publisher.Latest;
        await _memory.Publisher.DrainAsync(Stop);

        _memory = null!;
        await StepAsync(pod);
        _services.Events.Record(pod, null, false, "Last", "event");

        await _node.UntilAsync(() => _node.Api.Events.Contains("Normal Last event"));
        Assert.Single(_node.Api.Events, e => e.StartsWith("Warning LeftoversKilled Killed 2", StringComparison.Ordinal));
    }

    private async Task<SyncOutcome> StepAsync(V1Pod pod)
    {
        _memory ??= new PodMemory(
            new PodStatusPublisher(_services.Api, pod, TimeProvider.System, NullLogger.Instance, Stop), new StartTrace(_time), new PodProbes(_services, () => { }));
        return await new PodSync(_services, _memory).StepAsync(pod, Stop);
    }
}
