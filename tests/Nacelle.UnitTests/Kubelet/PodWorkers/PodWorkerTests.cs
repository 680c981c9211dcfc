using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubernetes.Client;
using Nacelle.UnitTests.Kubelet.Fakes;
using Runtime.V1;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodWorkers;

/// <summary>Workers against a second implementation of CRI on a real socket: the way of a Pod, step by step.</summary>
public sealed class PodWorkerTests : IAsyncLifetime
{
    private FakeNode _node = null!;
    private PodWorkerPool _pool = null!;
    private RuntimeWatch _watch = null!;

    private FakeApi Api => _node.Api;

    private FakeRuntimeState State => _node.Runtime.State;

    public async ValueTask InitializeAsync()
    {
        _node = await FakeNode.StartAsync();
        _pool = NewPool();
        _watch = new RuntimeWatch(_node.Cri, uid => _pool.Wake(uid), TimeProvider.System, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        await _pool.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Apply_NewPod_RunsAndItsStatusIsPatched()
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make("Always", null, "a", "b")]));

        await UntilAsync(() => Api.Status.Phase == "Running");

        Assert.Equal(["a", "b"], Api.Status.ContainerStatuses.Select(c => c.Name));
        Assert.All(Api.Status.ContainerStatuses, c => Assert.True(c is { Ready: true, RestartCount: 0 }));
        Assert.StartsWith("fake://c", Api.Status.ContainerStatuses[0].ContainerID, StringComparison.Ordinal);
        Assert.Equal("10.1.1.1", Api.Status.PodIP);
        Assert.Equal(["StartContainer a", "StartContainer b"], State.Calls.Where(c => c.StartsWith("Start", StringComparison.Ordinal)).Order());
        await UntilAsync(() => Api.Events.Count == 6);
        Assert.Equal(2, Api.Events.Count(e => e == "Normal Pulled Container image \"busybox\" already present on machine"));
        Assert.Equal(2, Api.Events.Count(e => e == "Normal Created Container created"));
        Assert.Equal(2, Api.Events.Count(e => e == "Normal Started Container started"));
    }

    [Fact]
    public async Task Apply_NothingChanges_PatchesNothing()
    {
        var pod = Pods.Make();
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => Api.Status.Phase == "Running");
        var patches = Api.Patches.Count;

        for (var i = 0; i < 5; i++)
        {
            _pool.Wake(null);
            _pool.Apply(new(ReflectorEventType.Upserted, [pod]));
        }

        State.Exit("a", 1);
        _pool.Wake(null);
        await UntilAsync(() => Api.Status.ContainerStatuses[0] is { RestartCount: 1, Ready: true });
        Assert.True(Api.Patches.Count - patches <= 2, string.Join('\n', Api.Patches));
    }

    [Fact]
    public async Task Exit_Crash_IsRestartedAtOnceAndThenBacksOff()
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make()]));
        await UntilAsync(() => Api.Status.Phase == "Running");

        State.Exit("a", 3);
        await UntilAsync(() => Api.Status.ContainerStatuses[0] is { RestartCount: 1, State.Running: not null });
        Assert.Equal(3, Api.Status.ContainerStatuses[0].LastState.Terminated.ExitCode);

        State.Exit("a", 4);
        await UntilAsync(() => Api.Status.ContainerStatuses[0].State.Waiting is not null);

        var a = Api.Status.ContainerStatuses[0];
        Assert.Equal("CrashLoopBackOff", a.State.Waiting.Reason);
        Assert.Equal("back-off 10s restarting failed container=a pod=p_default(uid-1)", a.State.Waiting.Message);
        Assert.Equal(4, a.LastState.Terminated.ExitCode);
        await UntilAsync(() => Api.Events.Contains("Warning BackOff Back-off restarting failed container a in pod p_default(uid-1)"));
    }

    [Fact]
    public async Task EndSandbox_RunningPod_IsMadeAnewWithEvent()
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make("Always", ["i"])]));
        await UntilAsync(() => State.Containers.Values.Any(c => c.Metadata.Name == "i" && c.StartedAt > 0));
        State.Exit("i", 0);
        await UntilAsync(() => Api.Status.Phase == "Running");

        State.EndSandbox();
        await UntilAsync(() => State.Containers.Values.Count(c => c.Metadata.Name == "i" && c.StartedAt > 0) == 2);
        State.Exit("i", 0);
        await UntilAsync(() => Api.Status.ContainerStatuses[0] is { RestartCount: 1, Ready: true });

        Assert.Contains("Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.", Api.Events);
        Assert.Equal(1u, State.Sandboxes.Values.Single(s => s.State == PodSandboxState.SandboxReady).Metadata.Attempt);
        Assert.Equal(1, Api.Status.InitContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task Apply_Deletion_StopsRemovesAndDeletesWithTheUid()
    {
        var pod = Pods.Make();
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => Api.Status.Phase == "Running");

        pod.Metadata.DeletionTimestamp = DateTime.UtcNow;
        pod.Metadata.DeletionGracePeriodSeconds = 7;
        _pool.Apply(new(ReflectorEventType.Upserted, [pod]));
        await UntilAsync(() => Api.Deleted is not null);

        Assert.Equal(("0", "uid-1"), (Api.Deleted!["gracePeriodSeconds"]!.ToString(), Api.Deleted["preconditions"]!["uid"]!.ToString()));
        Assert.Contains("StopContainer a 7", State.Calls);
        Assert.Empty(State.Sandboxes);
        Assert.Empty(State.Containers);
        Assert.Equal("Succeeded", Api.Status.Phase);
        await UntilAsync(() => Api.Events.Contains("Normal Killing Stopping container a") && _pool.Pods.Count == 0);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_node.Directory, "state", "pods")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_node.Directory, "logs")));
    }

    [Fact]
    public async Task Apply_FinishedPod_StopsItsSandboxAndKeepsItsContainers()
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make("Never")]));
        await UntilAsync(() => Api.Status.Phase == "Running");

        State.Exit("a", 0);
        await UntilAsync(() => Api.Status.Phase == "Succeeded" && State.Calls.Contains("StopPodSandbox"));

        Assert.Single(State.Containers);
        Assert.Equal("10.1.1.1", Api.Status.PodIP);
        Assert.Null(Api.Deleted);
    }

    [Fact]
    public async Task Apply_NewKubelet_FindsTheContainersAndRestartsNothing()
    {
        var pod = Pods.Make();
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => Api.Status.Phase == "Running");
        await _pool.DisposeAsync();
        var calls = State.Calls.Count;
        pod.Status = Api.Status;

        _pool = NewPool();
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        State.Exit("a", 1);
        await UntilAsync(() => Api.Status.ContainerStatuses[0].RestartCount == 1);

        Assert.Equal(["CreateContainer a", "StartContainer a"], State.Calls.Skip(calls));
    }

    [Fact]
    public async Task EndOrphans_PodNotInTheApi_IsEndedAndRemoved()
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make()]));
        await UntilAsync(() => Api.Status.Phase == "Running");
        await _pool.DisposeAsync();

        _pool = NewPool();
        _pool.Apply(new(ReflectorEventType.Replaced, []));
        await _pool.EndOrphansAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => State.Sandboxes.IsEmpty && State.Containers.IsEmpty);

        Assert.Null(Api.Deleted);
    }

    [Fact]
    public async Task Apply_ImageMissing_ShowsTheErrorAndThenTheBackoff()
    {
        var pod = Pods.Make();
        pod.Spec.Containers[0].Image = "missing:1";
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));

        await UntilAsync(() => Waiting()?.Reason == "ErrImagePull");
        Assert.Equal("rpc error: code = NotFound desc = manifest unknown", Waiting()!.Message);
        await UntilAsync(() => Waiting()?.Reason == "ImagePullBackOff");
        Assert.Equal(
            "Back-off pulling image \"missing:1\": ErrImagePull: rpc error: code = NotFound desc = manifest unknown", Waiting()!.Message);
        await UntilAsync(() => Api.Events.Contains("Warning Failed Error: ImagePullBackOff"));
        Assert.Contains("Normal Pulling Pulling image \"missing:1\"", Api.Events);
        Assert.Contains(
            "Warning Failed Failed to pull image \"missing:1\": rpc error: code = NotFound desc = manifest unknown", Api.Events);
    }

    [Fact]
    public async Task Apply_SandboxFailsOnce_IsTriedAgain()
    {
        State.Failures["RunPodSandbox"] = "no addresses left";
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make()]));

        await UntilAsync(() => Api.Status.Phase == "Running");

        Assert.Contains(
            "Warning FailedCreatePodSandBox Failed to create pod sandbox: rpc error: code = Unknown desc = no addresses left", Api.Events);
    }

    [Fact]
    public async Task Apply_CreateFails_SaysCreateContainerError()
    {
        State.Failures["CreateContainer"] = "bad mount";
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make()]));

        await UntilAsync(() => Waiting()?.Reason == "CreateContainerError");

        Assert.Equal("bad mount", Waiting()!.Message);
        await UntilAsync(() => Api.Events.Contains("Warning Failed Error: bad mount"));
    }

    [Fact]
    public async Task Apply_FieldWeDoNotActOn_WaitsAndNamesIt()
    {
        var pod = Pods.Make();
        pod.Spec.HostUsers = false;
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));

        await UntilAsync(() => Waiting()?.Reason == "FieldNotSupported");

        Assert.Equal("spec.hostUsers: not supported", Waiting()!.Message);
        Assert.DoesNotContain("RunPodSandbox", State.Calls);
        await UntilAsync(() => Api.Events.Contains("Warning FieldNotSupported spec.hostUsers is not supported, the pod waits"));
    }

    [Fact]
    public async Task Apply_DeletionDuringBackoff_EndsAtOnce()
    {
        var pod = Pods.Make();
        pod.Spec.Containers[0].Image = "missing:1";
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => Waiting()?.Reason == "ErrImagePull");

        pod.Metadata.DeletionTimestamp = DateTime.UtcNow;
        pod.Metadata.DeletionGracePeriodSeconds = 0;
        _pool.Apply(new(ReflectorEventType.Upserted, [pod]));

        await UntilAsync(() => Api.Deleted is not null);
        Assert.Empty(State.Sandboxes);
    }

    [Fact]
    public async Task Apply_PostStartHook_HoldsBackTheNextContainer()
    {
        var pod = Pods.Make("Always", null, "a", "b");
        pod.Spec.Containers[0].Lifecycle = new V1Lifecycle
        {
            PostStart = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["prepare"] } },
        };
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));

        await UntilAsync(() => Api.Status.Phase == "Running");

        Assert.Equal(
            ["StartContainer a", "ExecSync prepare", "StartContainer b"],
            State.Calls.Where(c => c.StartsWith("Start", StringComparison.Ordinal) || c.StartsWith("Exec", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Apply_PreStopHook_RunsOnceBeforeTheStopSignal()
    {
        var pod = Pods.Make();
        pod.Spec.Containers[0].Lifecycle = new V1Lifecycle
        {
            PreStop = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["leave"] } },
        };
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => Api.Status.Phase == "Running");

        pod.Metadata.DeletionTimestamp = DateTime.UtcNow;
        pod.Metadata.DeletionGracePeriodSeconds = 9;
        _pool.Apply(new(ReflectorEventType.Upserted, [pod]));
        await UntilAsync(() => Api.Deleted is not null);

        Assert.Equal(
            ["ExecSync leave", "StopContainer a 9"],
            State.Calls.Where(c => c.StartsWith("StopContainer", StringComparison.Ordinal) || c.StartsWith("Exec", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Always")]
    [InlineData("OnFailure")]
    public async Task Probe_LivenessFails_KillsAndRestartsWithItsSentence(string policy)
    {
        State.ExitCodes["alive"] = 1;
        var pod = Pods.Make(policy);
        pod.Spec.Containers[0].LivenessProbe = new V1Probe
        {
            Exec = new V1ExecAction { Command = ["alive"] },
            PeriodSeconds = 1,
            FailureThreshold = 1,
        };
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));

        await UntilAsync(() => Api.Status.ContainerStatuses?[0].RestartCount == 1);

        await UntilAsync(() => Api.Events.Contains("Normal Killing Container a failed liveness probe, will be restarted"));
        Assert.Contains("Warning Unhealthy Liveness probe failed: no", Api.Events);
    }

    [Fact]
    public async Task Probe_ReadinessFails_RunsButIsNotReadyUntilItSucceeds()
    {
        State.ExitCodes["ready"] = 1;
        var pod = Pods.Make();
        pod.Spec.Containers[0].ReadinessProbe = new V1Probe
        {
            Exec = new V1ExecAction { Command = ["ready"] },
            PeriodSeconds = 1,
        };
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => Api.Status.Phase == "Running" && Api.Events.Contains("Warning Unhealthy Readiness probe failed: no"));
        Assert.False(Api.Status.ContainerStatuses[0].Ready);

        State.ExitCodes["ready"] = 0;
        await UntilAsync(() => Api.Status.ContainerStatuses[0].Ready);

        Assert.Equal(0, Api.Status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task Apply_DeletionWithSidecars_StopsThemLastAndInReverse()
    {
        var pod = Pods.Make("Always", ["s+", "t+"], "a");
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => Api.Status.Phase == "Running" && Api.Status.InitContainerStatuses.All(c => c.Ready));

        pod.Metadata.DeletionTimestamp = DateTime.UtcNow;
        pod.Metadata.DeletionGracePeriodSeconds = 5;
        _pool.Apply(new(ReflectorEventType.Upserted, [pod]));
        await UntilAsync(() => Api.Deleted is not null);

        Assert.Equal(
            ["StopContainer a 5", "StopContainer t 5", "StopContainer s 5"],
            State.Calls.Where(c => c.StartsWith("StopContainer", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Apply_SidecarWithStartupProbe_ComesBeforeTheOthers()
    {
        State.ExitCodes["up"] = 1;
        var pod = Pods.Make("Always", ["s+", "t+"], "a");
        pod.Spec.InitContainers[0].StartupProbe = new V1Probe
        {
            Exec = new V1ExecAction { Command = ["up"] },
            PeriodSeconds = 1,
            FailureThreshold = 30,
        };
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => State.Calls.Contains("ExecSync up"));
        Assert.Equal(["StartContainer s"], Starts());

        State.ExitCodes["up"] = 0;
        await UntilAsync(() => Api.Status.Phase == "Running");

        Assert.Equal(["StartContainer s", "StartContainer t", "StartContainer a"], Starts());

        IEnumerable<string> Starts() => State.Calls.Where(c => c.StartsWith("StartContainer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apply_DeadlineExceeded_FailsOnlyWhenEverythingHasStopped()
    {
        State.StopGate = new TaskCompletionSource();
        var pod = Pods.Make();
        pod.Spec.ActiveDeadlineSeconds = 1;
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));

        await UntilAsync(() => State.Calls.Contains("StopContainer a 30"));
        await UntilAsync(() => Api.Events.Any(e => e.StartsWith("Normal DeadlineExceeded", StringComparison.Ordinal)));
        Assert.DoesNotContain(Api.Patches, p => p.Contains("Failed", StringComparison.Ordinal));

        State.StopGate.SetResult();
        await UntilAsync(() => Api.Status is { Phase: "Failed", Reason: "DeadlineExceeded" });
    }

    private V1ContainerStateWaiting? Waiting() => Api.Status.ContainerStatuses?.FirstOrDefault()?.State.Waiting;

    private PodWorkerPool NewPool() => new(_node.Services());

    private Task UntilAsync(Func<bool> condition) => _node.UntilAsync(condition, () => _pool.Wake(null));
}
