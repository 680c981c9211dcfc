using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Kubelet;
using Nacelle.Kubelet.Containers;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubelet.Probes;
using Nacelle.Kubelet.Resources;
using Nacelle.Kubernetes.Client;
using Nacelle.UnitTests.Kubelet.Fakes;
using Runtime.V1;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodWorkers;

/// <summary>Workers against a second implementation of CRI on a real socket: the way of a Pod, step by step.</summary>
public sealed class PodWorkerTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kubelet").FullName;
    private readonly FakeApi _api = new();
    private FakeRuntime _runtime = null!;
    private CriClient _cri = null!;
    private KubernetesApi _client = null!;
    private EventRecorder _events = null!;
    private ContainerActions _actions = null!;
    private PodWorkerPool _pool = null!;
    private RuntimeWatch _watch = null!;

    public async ValueTask InitializeAsync()
    {
        _runtime = await FakeRuntime.StartAsync();
        _cri = new CriClient(_runtime.SocketPath);
        _client = _api.Client();
        _events = new EventRecorder(_client, "n", TimeProvider.System, NullLogger.Instance);
        _actions = new ContainerActions(_cri, TimeProvider.System);
        _pool = NewPool();
        _watch = new RuntimeWatch(_cri, uid => _pool.Wake(uid), TimeProvider.System, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        await _pool.DisposeAsync();
        await _events.DisposeAsync();
        _actions.Dispose();
        _client.Dispose();
        _cri.Dispose();
        await _runtime.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Apply_NewPod_RunsAndItsStatusIsPatched()
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make("Always", null, "a", "b")]));

        await UntilAsync(() => _api.Status.Phase == "Running");

        Assert.Equal(["a", "b"], _api.Status.ContainerStatuses.Select(c => c.Name));
        Assert.All(_api.Status.ContainerStatuses, c => Assert.True(c is { Ready: true, RestartCount: 0 }));
        Assert.StartsWith("fake://c", _api.Status.ContainerStatuses[0].ContainerID, StringComparison.Ordinal);
        Assert.Equal("10.1.1.1", _api.Status.PodIP);
        Assert.Equal(["StartContainer a", "StartContainer b"], _runtime.State.Calls.Where(c => c.StartsWith("Start", StringComparison.Ordinal)).Order());
        await UntilAsync(() => _api.Events.Count == 6);
        Assert.Equal(2, _api.Events.Count(e => e == "Normal Pulled Container image \"busybox\" already present on machine"));
        Assert.Equal(2, _api.Events.Count(e => e == "Normal Created Container created"));
        Assert.Equal(2, _api.Events.Count(e => e == "Normal Started Container started"));
    }

    [Fact]
    public async Task Apply_NothingChanges_PatchesNothing()
    {
        var pod = Pods.Make();
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => _api.Status.Phase == "Running");
        var patches = _api.Patches.Count;

        for (var i = 0; i < 5; i++)
        {
            _pool.Wake(null);
            _pool.Apply(new(ReflectorEventType.Upserted, [pod]));
        }

        _runtime.State.Exit("a", 1);
        _pool.Wake(null);
        await UntilAsync(() => _api.Status.ContainerStatuses[0] is { RestartCount: 1, Ready: true });
        Assert.True(_api.Patches.Count - patches <= 2, string.Join('\n', _api.Patches));
    }

    [Fact]
    public async Task Exit_Crash_IsRestartedAtOnceAndThenBacksOff()
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make()]));
        await UntilAsync(() => _api.Status.Phase == "Running");

        _runtime.State.Exit("a", 3);
        await UntilAsync(() => _api.Status.ContainerStatuses[0] is { RestartCount: 1, State.Running: not null });
        Assert.Equal(3, _api.Status.ContainerStatuses[0].LastState.Terminated.ExitCode);

        _runtime.State.Exit("a", 4);
        await UntilAsync(() => _api.Status.ContainerStatuses[0].State.Waiting is not null);

        var a = _api.Status.ContainerStatuses[0];
        Assert.Equal("CrashLoopBackOff", a.State.Waiting.Reason);
        Assert.Equal("back-off 10s restarting failed container=a pod=p_default(uid-1)", a.State.Waiting.Message);
        Assert.Equal(4, a.LastState.Terminated.ExitCode);
        await UntilAsync(() => _api.Events.Contains("Warning BackOff Back-off restarting failed container a in pod p_default(uid-1)"));
    }

    [Fact]
    public async Task EndSandbox_RunningPod_IsMadeAnewWithEvent()
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make("Always", ["i"])]));
        await UntilAsync(() => _runtime.State.Containers.Values.Any(c => c.Metadata.Name == "i" && c.StartedAt > 0));
        _runtime.State.Exit("i", 0);
        await UntilAsync(() => _api.Status.Phase == "Running");

        _runtime.State.EndSandbox();
        await UntilAsync(() => _runtime.State.Containers.Values.Count(c => c.Metadata.Name == "i" && c.StartedAt > 0) == 2);
        _runtime.State.Exit("i", 0);
        await UntilAsync(() => _api.Status.ContainerStatuses[0] is { RestartCount: 1, Ready: true });

        Assert.Contains("Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.", _api.Events);
        Assert.Equal(1u, _runtime.State.Sandboxes.Values.Single(s => s.State == PodSandboxState.SandboxReady).Metadata.Attempt);
        Assert.Equal(1, _api.Status.InitContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task Apply_Deletion_StopsRemovesAndDeletesWithTheUid()
    {
        var pod = Pods.Make();
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => _api.Status.Phase == "Running");

        pod.Metadata.DeletionTimestamp = DateTime.UtcNow;
        pod.Metadata.DeletionGracePeriodSeconds = 7;
        _pool.Apply(new(ReflectorEventType.Upserted, [pod]));
        await UntilAsync(() => _api.Deleted is not null);

        Assert.Equal(("0", "uid-1"), (_api.Deleted!["gracePeriodSeconds"]!.ToString(), _api.Deleted["preconditions"]!["uid"]!.ToString()));
        Assert.Contains("StopContainer a 7", _runtime.State.Calls);
        Assert.Empty(_runtime.State.Sandboxes);
        Assert.Empty(_runtime.State.Containers);
        Assert.Equal("Succeeded", _api.Status.Phase);
        await UntilAsync(() => _api.Events.Contains("Normal Killing Stopping container a") && _pool.Pods.Count == 0);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_directory, "state", "pods")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_directory, "logs")));
    }

    [Fact]
    public async Task Apply_FinishedPod_StopsItsSandboxAndKeepsItsContainers()
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make("Never")]));
        await UntilAsync(() => _api.Status.Phase == "Running");

        _runtime.State.Exit("a", 0);
        await UntilAsync(() => _api.Status.Phase == "Succeeded" && _runtime.State.Calls.Contains("StopPodSandbox"));

        Assert.Single(_runtime.State.Containers);
        Assert.Equal("10.1.1.1", _api.Status.PodIP);
        Assert.Null(_api.Deleted);
    }

    [Fact]
    public async Task Apply_NewKubelet_FindsTheContainersAndRestartsNothing()
    {
        var pod = Pods.Make();
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => _api.Status.Phase == "Running");
        await _pool.DisposeAsync();
        var calls = _runtime.State.Calls.Count;
        pod.Status = _api.Status;

        _pool = NewPool();
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        _runtime.State.Exit("a", 1);
        await UntilAsync(() => _api.Status.ContainerStatuses[0].RestartCount == 1);

        Assert.Equal(["CreateContainer a", "StartContainer a"], _runtime.State.Calls.Skip(calls));
    }

    [Fact]
    public async Task EndOrphans_PodNotInTheApi_IsEndedAndRemoved()
    {
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make()]));
        await UntilAsync(() => _api.Status.Phase == "Running");
        await _pool.DisposeAsync();

        _pool = NewPool();
        _pool.Apply(new(ReflectorEventType.Replaced, []));
        await _pool.EndOrphansAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => _runtime.State.Sandboxes.IsEmpty && _runtime.State.Containers.IsEmpty);

        Assert.Null(_api.Deleted);
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
        await UntilAsync(() => _api.Events.Contains("Warning Failed Error: ImagePullBackOff"));
        Assert.Contains("Normal Pulling Pulling image \"missing:1\"", _api.Events);
        Assert.Contains(
            "Warning Failed Failed to pull image \"missing:1\": rpc error: code = NotFound desc = manifest unknown", _api.Events);
    }

    [Fact]
    public async Task Apply_SandboxFailsOnce_IsTriedAgain()
    {
        _runtime.State.Failures["RunPodSandbox"] = "no addresses left";
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make()]));

        await UntilAsync(() => _api.Status.Phase == "Running");

        Assert.Contains(
            "Warning FailedCreatePodSandBox Failed to create pod sandbox: rpc error: code = Unknown desc = no addresses left", _api.Events);
    }

    [Fact]
    public async Task Apply_CreateFails_SaysCreateContainerError()
    {
        _runtime.State.Failures["CreateContainer"] = "bad mount";
        _pool.Apply(new(ReflectorEventType.Replaced, [Pods.Make()]));

        await UntilAsync(() => Waiting()?.Reason == "CreateContainerError");

        Assert.Equal("bad mount", Waiting()!.Message);
        await UntilAsync(() => _api.Events.Contains("Warning Failed Error: bad mount"));
    }

    [Fact]
    public async Task Apply_FieldWeDoNotActOn_WaitsAndNamesIt()
    {
        var pod = Pods.Make();
        pod.Spec.HostUsers = false;
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));

        await UntilAsync(() => Waiting()?.Reason == "FieldNotSupported");

        Assert.Equal("spec.hostUsers: not supported", Waiting()!.Message);
        Assert.DoesNotContain("RunPodSandbox", _runtime.State.Calls);
        await UntilAsync(() => _api.Events.Contains("Warning FieldNotSupported spec.hostUsers is not supported, the pod waits"));
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

        await UntilAsync(() => _api.Deleted is not null);
        Assert.Empty(_runtime.State.Sandboxes);
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

        await UntilAsync(() => _api.Status.Phase == "Running");

        Assert.Equal(
            ["StartContainer a", "ExecSync prepare", "StartContainer b"],
            _runtime.State.Calls.Where(c => c.StartsWith("Start", StringComparison.Ordinal) || c.StartsWith("Exec", StringComparison.Ordinal)));
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
        await UntilAsync(() => _api.Status.Phase == "Running");

        pod.Metadata.DeletionTimestamp = DateTime.UtcNow;
        pod.Metadata.DeletionGracePeriodSeconds = 9;
        _pool.Apply(new(ReflectorEventType.Upserted, [pod]));
        await UntilAsync(() => _api.Deleted is not null);

        Assert.Equal(
            ["ExecSync leave", "StopContainer a 9"],
            _runtime.State.Calls.Where(c => c.StartsWith("StopContainer", StringComparison.Ordinal) || c.StartsWith("Exec", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Probe_LivenessFails_KillsAndRestartsWithItsSentence()
    {
        _runtime.State.ExitCodes["alive"] = 1;
        var pod = Pods.Make();
        pod.Spec.Containers[0].LivenessProbe = new V1Probe
        {
            Exec = new V1ExecAction { Command = ["alive"] },
            PeriodSeconds = 1,
            FailureThreshold = 1,
        };
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));

        await UntilAsync(() => _api.Status.ContainerStatuses?[0].RestartCount == 1);

        await UntilAsync(() => _api.Events.Contains("Normal Killing Container a failed liveness probe, will be restarted"));
        Assert.Contains("Warning Unhealthy Liveness probe failed: no", _api.Events);
    }

    [Fact]
    public async Task Probe_ReadinessFails_RunsButIsNotReadyUntilItSucceeds()
    {
        _runtime.State.ExitCodes["ready"] = 1;
        var pod = Pods.Make();
        pod.Spec.Containers[0].ReadinessProbe = new V1Probe
        {
            Exec = new V1ExecAction { Command = ["ready"] },
            PeriodSeconds = 1,
        };
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => _api.Status.Phase == "Running" && _api.Events.Contains("Warning Unhealthy Readiness probe failed: no"));
        Assert.False(_api.Status.ContainerStatuses[0].Ready);

        _runtime.State.ExitCodes["ready"] = 0;
        await UntilAsync(() => _api.Status.ContainerStatuses[0].Ready);

        Assert.Equal(0, _api.Status.ContainerStatuses[0].RestartCount);
    }

    [Fact]
    public async Task Apply_DeletionWithSidecars_StopsThemLastAndInReverse()
    {
        var pod = Pods.Make("Always", ["s+", "t+"], "a");
        _pool.Apply(new(ReflectorEventType.Replaced, [pod]));
        await UntilAsync(() => _api.Status.Phase == "Running" && _api.Status.InitContainerStatuses.All(c => c.Ready));

        pod.Metadata.DeletionTimestamp = DateTime.UtcNow;
        pod.Metadata.DeletionGracePeriodSeconds = 5;
        _pool.Apply(new(ReflectorEventType.Upserted, [pod]));
        await UntilAsync(() => _api.Deleted is not null);

        Assert.Equal(
            ["StopContainer a 5", "StopContainer t 5", "StopContainer s 5"],
            _runtime.State.Calls.Where(c => c.StartsWith("StopContainer", StringComparison.Ordinal)));
    }

    private V1ContainerStateWaiting? Waiting() => _api.Status.ContainerStatuses?.FirstOrDefault()?.State.Waiting;

    private PodWorkerPool NewPool()
    {
        var options = new KubeletOptions
        {
            NodeName = "n",
            Kubeconfig = "",
            ServingCertificate = null!,
            ClientCertificateAuthority = null!,
            StateDirectory = Path.Combine(_directory, "state"),
            PodLogsDirectory = Path.Combine(_directory, "logs"),
            ManageCgroups = false,
        };
        var paths = new PodPaths(options.StateDirectory, options.PodLogsDirectory);
        var backoff = new CrashBackoff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), TimeProvider.System);
        return new PodWorkerPool(new PodServices
        {
            Options = options,
            Api = _client,
            Cri = _cri,
            Reader = new RuntimeReader(_cri),
            Events = _events,
            Images = new ImagePuller(_cri, _events, backoff, TimeProvider.System),
            Backoff = backoff,
            Paths = paths,
            Preparation = new PodPreparation(options, _client, paths, null, ["192.168.0.1"], new NodeResources(2000, 1L << 30, 1L << 30)),
            Actions = _actions,
            Logger = NullLogger.Instance,
            RuntimeName = "fake",
            HostAddresses = ["192.168.0.1"],
        });
    }

    /// <summary>Waits for a condition, ten seconds at most, and then says what the runtime was asked and the API told.</summary>
    private async Task UntilAsync(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(10);
        for (var i = 1; !condition(); i++)
        {
            if (i % 10 == 0)
            {
                // The fake offers no event stream; this stands in for it.
                _pool.Wake(null);
            }

            Assert.True(
                DateTime.UtcNow < deadline,
                $"calls: {string.Join("; ", _runtime.State.Calls)}\nevents: {string.Join("; ", _api.Events)}\nstatus: {_api.Status.Phase}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
