using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Inspect.Health;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.Status;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Status;

public sealed class PodStatusBuilderTests
{
    /// <summary>restartPolicy | init | containers | states | ended ⇒ phase, Initialized, Ready.</summary>
    [Theory]
    [InlineData("Always", "", "a", "", false, "Pending True False")]
    [InlineData("Always", "", "a b", "a:running", false, "Pending True False")]
    [InlineData("Always", "", "a b", "a:running b:running", false, "Running True True")]
    [InlineData("Always", "", "a b", "a:running b:1", false, "Running True False")]
    [InlineData("Always", "", "a", "a:0", false, "Running True False")]
    [InlineData("OnFailure", "", "a", "a:1", false, "Running True False")]
    [InlineData("OnFailure", "", "a", "a:0", false, "Succeeded True False")]
    [InlineData("Never", "", "a b", "a:0 b:1", false, "Failed True False")]
    [InlineData("Never", "", "a b", "a:0 b:0", false, "Succeeded True False")]
    [InlineData("Never", "", "a b", "a:1 b:running", false, "Running True False")]
    [InlineData("Always", "i", "a", "", false, "Pending False False")]
    [InlineData("Always", "i", "a", "i:running", false, "Pending False False")]
    [InlineData("Always", "i", "a", "i:1", false, "Pending False False")]
    [InlineData("Never", "i", "a", "i:1", false, "Failed False False")]
    [InlineData("Always", "i", "a", "i:0", false, "Pending True False")]
    [InlineData("Always", "i", "a", "i:0 a:running", false, "Running True True")]
    [InlineData("Always", "s+", "a", "s:running a:running", false, "Running True True")]
    [InlineData("Always", "s+", "a", "s:1 a:running", false, "Running True False")]
    [InlineData("Always", "", "a", "a:0", true, "Succeeded True False")]
    [InlineData("Always", "", "a", "a:137", true, "Failed True False")]
    [InlineData("Always", "", "a", "", true, "Failed True False")]
    [InlineData("Never", "", "a=Always", "a:1", false, "Running True False")]
    [InlineData("Never", "", "a=OnFailure b", "a:1 b:0", false, "Running True False")]
    [InlineData("Always", "", "a=Never", "a:1", false, "Failed True False")]
    [InlineData("Always", "", "a=Never b=OnFailure", "a:0 b:0", false, "Succeeded True False")]
    [InlineData("Always", "", "a=Never b=OnFailure", "a:1 b:0", false, "Failed True False")]
    [InlineData("Always", "i=Never", "a", "i:1", false, "Failed False False")]
    [InlineData("Never", "i=OnFailure", "a", "i:1", false, "Pending False False")]
    public void Build_States_GivesPhaseAndConditions(
        string policy, string init, string containers, string states, bool ended, string expected)
    {
        var status = Build(Pods.Make(policy, Words(init), Words(containers)), Words(states), i => i with { Ended = ended });

        Assert.Equal(expected, $"{status.Phase} {Condition(status, "Initialized").Status} {Condition(status, "Ready").Status}");
        Assert.Equal(Condition(status, "Ready").Status, Condition(status, "ContainersReady").Status);
    }

    [Fact]
    public void Build_BeforeTheSandbox_SaysContainerCreating()
    {
        var status = PodStatusBuilder.Build(new PodStatusInput { Pod = Pods.Make(), Runtime = Pods.Runtime(null), Now = Pods.Epoch });

        var a = Assert.Single(status.ContainerStatuses);
        Assert.Equal("ContainerCreating", a.State.Waiting.Reason);
        Assert.Equal(("busybox", "", false), (a.Image, a.ImageID, a.Ready));
        Assert.Equal("False", Condition(status, "PodReadyToStartContainers").Status);
        Assert.Equal("containers with unready status: [a]", Condition(status, "Ready").Message);
        Assert.Equal(Pods.Epoch.UtcDateTime, status.StartTime);
    }

    [Fact]
    public void Build_Running_FillsWhatKubectlShows()
    {
        var status = Build(Pods.Make(), ["a:running"], i => i with { HostAddresses = ["192.168.0.5"], RuntimeName = "nacelle" });

        var a = Assert.Single(status.ContainerStatuses);
        Assert.Equal(Pods.Epoch.UtcDateTime, a.State.Running.StartedAt);
        Assert.Equal("nacelle://id-a", a.ContainerID);
        Assert.Equal("docker.io/library/busybox@sha256:1", a.ImageID);
        Assert.True(a.Started);
        Assert.Equal(("10.0.0.9", "192.168.0.5"), (status.PodIP, status.HostIP));
        Assert.Equal("10.0.0.9", Assert.Single(status.PodIPs).Ip);
        Assert.Equal(1, status.ObservedGeneration);
    }

    [Fact]
    public void Build_CrashLoop_ShowsWaitingAndTheLastEnd()
    {
        var status = Build(Pods.Make(), ["a:3"], i => i with
        {
            Waiting = ImmutableDictionary<string, WaitingReason>.Empty.Add("a", new WaitingReason("CrashLoopBackOff", "back-off 10s")),
        });

        var a = Assert.Single(status.ContainerStatuses);
        Assert.Equal("CrashLoopBackOff", a.State.Waiting.Reason);
        Assert.Equal((3, "Error"), (a.LastState.Terminated.ExitCode, a.LastState.Terminated.Reason));
        Assert.Equal("Running", status.Phase);
    }

    [Theory]
    [InlineData("OnFailure")]
    [InlineData("Never")]
    public void Build_KilledToRunAgain_WaitsAndThePodHasNotEnded(string policy)
    {
        var status = Build(Pods.Make(policy), ["a:0"], i => i with { Killed = ["id-a"] });

        var a = Assert.Single(status.ContainerStatuses);
        Assert.Equal(("ContainerCreating", 0), (a.State.Waiting?.Reason, a.LastState.Terminated?.ExitCode));
        Assert.Equal("Running", status.Phase);
    }

    [Fact]
    public void Build_OwnPolicyRestartsIt_NeverShowsTerminated()
    {
        var status = Build(Pods.Make("Never", null, "a=Always", "b"), ["a:0", "b:0"], i => i);

        Assert.NotNull(status.ContainerStatuses[0].State.Waiting);
        Assert.NotNull(status.ContainerStatuses[1].State.Terminated);
    }

    [Theory]
    [InlineData("a:running", "Running", null)]
    [InlineData("a:137", "Failed", "DeadlineExceeded")]
    public void Build_PodFailed_SaysSoWhenNothingRunsAnyMore(string state, string phase, string? reason)
    {
        var pod = Pods.Make();
        pod.Status = new V1PodStatus { Phase = "Running" };

        var status = Build(pod, [state], i => i with { Failure = new WaitingReason("DeadlineExceeded", "too long") });

        Assert.Equal((phase, reason), (status.Phase, status.Reason));
    }

    [Fact]
    public void Build_SidecarOfEndedContainersStillRuns_HasNotEnded()
    {
        var pod = Pods.Make("Never", ["s+"], "a");
        pod.Status = new V1PodStatus { Phase = "Running" };

        Assert.Equal("Running", Build(pod, ["s:running", "a:0"], i => i).Phase);
        Assert.Equal("Succeeded", Build(pod, ["s:0", "a:0"], i => i).Phase);
    }

    [Fact]
    public void Build_Terminated_GivesReasonTimesAndMessage()
    {
        var runtime = Pods.Runtime(Pods.Sandbox());
        runtime = runtime with { Containers = [Pods.State("a:0") with { Message = "bye" }] };

        var status = PodStatusBuilder.Build(new PodStatusInput { Pod = Pods.Make("Never"), Runtime = runtime, Now = Pods.Epoch });

        var ended = Assert.Single(status.ContainerStatuses).State.Terminated;
        Assert.Equal(("Completed", 0, "bye"), (ended.Reason, ended.ExitCode, ended.Message));
        Assert.Equal(Pods.Epoch.AddSeconds(10).UtcDateTime, ended.FinishedAt);
        Assert.Equal("PodCompleted", Condition(status, "Ready").Reason);
    }

    [Fact]
    public void Build_WaitingForInit_SaysPodInitializing()
    {
        var status = Build(Pods.Make("Always", ["i", "j"]), ["i:running"], i => i);

        Assert.Equal("PodInitializing", Assert.Single(status.ContainerStatuses).State.Waiting.Reason);
        Assert.Equal(["i", "j"], status.InitContainerStatuses.Select(s => s.Name));
        Assert.Equal("PodInitializing", status.InitContainerStatuses[1].State.Waiting.Reason);
        Assert.Equal("containers with incomplete status: [i j]", Condition(status, "Initialized").Message);
    }

    [Fact]
    public void Build_ProcessHealth_IsThereOnceItIsKnownAndKeptByAKubeletThatIsNew()
    {
        var pod = Pods.Make();
        var input = new PodStatusInput { Pod = pod, Runtime = RuntimePod.Empty, Now = DateTimeOffset.UtcNow };
        Assert.DoesNotContain(PodStatusBuilder.Build(input).Conditions, c => c.Type == HealthCondition.Type);

        var status = PodStatusBuilder.Build(input with { ProcessHealth = new HealthCondition(false, "PIDLimitNear", "so many") });
        Assert.Equal(("False", "PIDLimitNear", "so many"), (Condition(status, HealthCondition.Type).Status, Condition(status, HealthCondition.Type).Reason, Condition(status, HealthCondition.Type).Message));

        pod.Status = status;
        var kept = PodStatusBuilder.Build(input with { Now = input.Now.AddMinutes(5) });
        Assert.Equal(Condition(status, HealthCondition.Type).LastTransitionTime, Condition(kept, HealthCondition.Type).LastTransitionTime);
        Assert.Equal("so many", Condition(kept, HealthCondition.Type).Message);

        var well = PodStatusBuilder.Build(input with { Now = input.Now.AddMinutes(5), ProcessHealth = new HealthCondition(true, "Recovered", "") });
        Assert.Equal(("True", null), (Condition(well, HealthCondition.Type).Status, Condition(well, HealthCondition.Type).Message));
        Assert.NotEqual(Condition(status, HealthCondition.Type).LastTransitionTime, Condition(well, HealthCondition.Type).LastTransitionTime);
    }

    [Fact]
    public void Build_ConditionUnchanged_KeepsItsTimeAndForeignConditions()
    {
        var pod = Pods.Make();
        var before = Pods.Epoch.AddHours(-1).UtcDateTime;
        pod.Status = new V1PodStatus
        {
            Conditions =
            [
                new V1PodCondition { Type = "Ready", Status = "True", LastTransitionTime = before },
                new V1PodCondition { Type = "PodScheduled", Status = "True", LastTransitionTime = before },
            ],
        };

        var status = Build(pod, ["a:running"], i => i);

        Assert.Equal(before, Condition(status, "Ready").LastTransitionTime);
        Assert.Equal(Pods.Epoch.UtcDateTime, Condition(status, "ContainersReady").LastTransitionTime);
        Assert.Equal(before, Condition(status, "PodScheduled").LastTransitionTime);
    }

    [Fact]
    public void Build_ReadinessGateMissing_IsNotReady()
    {
        var pod = Pods.Make();
        pod.Spec.ReadinessGates = [new V1PodReadinessGate { ConditionType = "x/y" }];

        var status = Build(pod, ["a:running"], i => i);

        Assert.Equal("True", Condition(status, "ContainersReady").Status);
        Assert.Equal("ReadinessGatesNotReady", Condition(status, "Ready").Reason);
        Assert.Equal("corresponding condition of pod readiness gate \"x/y\" does not exist.", Condition(status, "Ready").Message);
    }

    [Fact]
    public void Build_EndedPod_KeepsItsAddressAndPhase()
    {
        var pod = Pods.Make("Never");
        pod.Status = new V1PodStatus { Phase = "Succeeded", PodIPs = [new V1PodIP { Ip = "10.0.0.9" }] };

        var status = PodStatusBuilder.Build(new PodStatusInput
        {
            Pod = pod,
            Runtime = Pods.Runtime(Pods.Sandbox(ready: false), "a:0"),
            Ended = true,
            Now = Pods.Epoch,
        });

        Assert.Equal(("Succeeded", "10.0.0.9"), (status.Phase, status.PodIP));
    }

    private static V1PodStatus Build(V1Pod pod, string[] states, Func<PodStatusInput, PodStatusInput> change) => PodStatusBuilder.Build(
        change(new PodStatusInput { Pod = pod, Runtime = Pods.Runtime(Pods.Sandbox(), states), Now = Pods.Epoch }));

    private static V1PodCondition Condition(V1PodStatus status, string type) => status.Conditions.Single(c => c.Type == type);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
