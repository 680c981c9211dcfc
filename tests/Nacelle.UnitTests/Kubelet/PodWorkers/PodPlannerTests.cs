using System.Collections.Immutable;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubelet.Status;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodWorkers;

public sealed class PodPlannerTests
{
    /// <summary>restartPolicy | init containers | containers | sandbox (-, ready, dead) | runtime states ⇒ plan in words.</summary>
    [Theory]
    [InlineData("Always", "", "a b", "-", "", "sandbox#0 start a b")]
    [InlineData("Always", "", "a b", "ready", "a:running", "start b")]
    [InlineData("Always", "", "a b", "ready", "a:running b:running", "")]
    [InlineData("Always", "", "a", "ready", "a:0", "start a")]
    [InlineData("Always", "", "a", "ready", "a:1", "start a")]
    [InlineData("OnFailure", "", "a", "ready", "a:1", "start a")]
    [InlineData("OnFailure", "", "a", "ready", "a:0", "kill-pod")]
    [InlineData("OnFailure", "", "a b", "ready", "a:0 b:running", "")]
    [InlineData("Never", "", "a", "ready", "a:1", "kill-pod")]
    [InlineData("Never", "", "a b", "ready", "a:1 b:running", "")]
    [InlineData("Never", "", "a b", "ready", "a:1", "start b")]
    [InlineData("Always", "", "a", "ready", "a:created", "start a")]
    [InlineData("Always", "", "a", "ready", "a:unknown", "kill a start a")]
    [InlineData("Always", "", "a b", "dead", "a:137 b:137", "changed sandbox#1 start a b")]
    [InlineData("Always", "", "a", "dead", "a:running", "changed sandbox#1 start a")]
    [InlineData("OnFailure", "", "a b", "dead", "a:0 b:137", "changed sandbox#1 start b")]
    [InlineData("OnFailure", "", "a", "dead", "a:0", "kill-pod")]
    [InlineData("Never", "", "a", "dead", "a:137", "kill-pod changed")]
    [InlineData("Never", "", "a", "dead", "", "changed sandbox#1 start a")]
    [InlineData("Always", "i j", "a", "-", "", "sandbox#0 init i")]
    [InlineData("Always", "i j", "a", "ready", "", "init i")]
    [InlineData("Always", "i j", "a", "ready", "i:running", "")]
    [InlineData("Always", "i j", "a", "ready", "i:0", "init j")]
    [InlineData("Always", "i j", "a", "ready", "i:1", "init i")]
    [InlineData("Always", "i j", "a", "ready", "i:0 j:0", "start a")]
    [InlineData("Never", "i j", "a", "ready", "i:1", "kill-pod")]
    [InlineData("OnFailure", "i", "a", "ready", "i:1", "init i")]
    [InlineData("Always", "i j", "a", "ready", "i:1 j:1 a:running", "")]
    [InlineData("Always", "i", "a", "dead", "i:0 a:137", "changed sandbox#1 init i")]
    [InlineData("Always", "i", "a", "ready", "i:0:old a:137:old", "init i")]
    [InlineData("Always", "s+ i", "a", "-", "", "sandbox#0 init s")]
    [InlineData("Always", "s+ i", "a", "ready", "s:running", "init i")]
    [InlineData("Always", "s+", "a", "-", "", "sandbox#0 init s")]
    [InlineData("Always", "s+", "a", "ready", "s:running", "start a")]
    [InlineData("Always", "s+", "a", "ready", "s:1 a:running", "init s")]
    [InlineData("Always", "s+ t+", "a", "ready", "", "init s")]
    [InlineData("Always", "s+ t+", "a", "ready", "s:running", "init t")]
    [InlineData("Always", "s+ t+", "a", "ready", "s:1", "init s")]
    [InlineData("Always", "s+ i", "a", "ready", "s:1 i:running", "init s")]
    [InlineData("Always", "s+ i", "a", "ready", "s:1 i:1", "init s i")]
    [InlineData("Always", "i s+ j", "a", "ready", "i:0", "init s")]
    [InlineData("Always", "i s+ j", "a", "ready", "i:0 s:running j:0", "start a")]
    [InlineData("Never", "", "a=Always", "ready", "a:0", "start a")]
    [InlineData("Never", "", "a=OnFailure", "ready", "a:1", "start a")]
    [InlineData("Never", "", "a=OnFailure", "ready", "a:0", "kill-pod")]
    [InlineData("Always", "", "a=Never", "ready", "a:1", "kill-pod")]
    [InlineData("Always", "", "a=Never b", "ready", "a:1 b:1", "start b")]
    [InlineData("Always", "", "a=Never b", "dead", "a:137 b:137", "changed sandbox#1 start b")]
    [InlineData("Always", "", "a=Never", "dead", "a:137", "kill-pod changed")]
    [InlineData("Never", "", "a=Always b", "dead", "a:running b:running", "changed sandbox#1 start a")]
    [InlineData("Always", "i=Never", "a", "ready", "i:1", "kill-pod")]
    [InlineData("Never", "i=OnFailure", "a", "ready", "i:1", "init i")]
    public void Plan_States_GivesTheNextActions(
        string policy, string init, string containers, string sandbox, string states, string expected)
    {
        var pod = Pods.Make(policy, Words(init), Words(containers));
        var runtime = Pods.Runtime(
            sandbox == "-" ? null : Pods.Sandbox(ready: sandbox == "ready"), Words(states));

        var plan = PodPlanner.Plan(new PodPlanInput { Pod = pod, Runtime = runtime });

        Assert.Equal(expected, Describe(plan));
    }

    [Theory]
    [InlineData("s+", "s:running", "")]
    [InlineData("s+ t+", "s:running", "")]
    [InlineData("s+ i", "s:running", "")]
    [InlineData("s+ i", "s:running i:1", "init i")]
    public void Plan_SidecarNotStartedYet_HoldsBackWhatComesAfterIt(string init, string states, string expected)
    {
        var plan = PodPlanner.Plan(new PodPlanInput
        {
            Pod = Pods.Make("Always", Words(init), "a"),
            Runtime = Pods.Runtime(Pods.Sandbox(), Words(states)),
            NotStarted = ["s"],
        });

        Assert.Equal(expected, Describe(plan));
    }

    [Fact]
    public void Plan_InBackoff_WaitsInsteadOfStarting()
    {
        var plan = PodPlanner.Plan(new PodPlanInput
        {
            Pod = Pods.Make("Always", null, "a", "b"),
            Runtime = Pods.Runtime(Pods.Sandbox(), "a:1", "b:1"),
            Backoff = ImmutableDictionary<string, TimeSpan>.Empty.Add("a", TimeSpan.FromSeconds(7)),
        });

        Assert.Equal("start b", Describe(plan));
        Assert.Equal(new BackingOff("a", TimeSpan.FromSeconds(7)), Assert.Single(plan.BackingOff));
    }

    [Fact]
    public void Plan_OnlyBackoffLeft_DoesNotKillThePod()
    {
        var plan = PodPlanner.Plan(new PodPlanInput
        {
            Pod = Pods.Make(),
            Runtime = Pods.Runtime(Pods.Sandbox(), "a:1"),
            Backoff = ImmutableDictionary<string, TimeSpan>.Empty.Add("a", TimeSpan.FromSeconds(7)),
        });

        Assert.True(plan.IsEmpty);
        Assert.Single(plan.BackingOff);
    }

    [Theory]
    [InlineData("Always")]
    [InlineData("OnFailure")]
    [InlineData("Never")]
    public void Plan_ImageChanged_RestartsThatContainerOnly(string policy)
    {
        var pod = Pods.Make(policy, null, "a", "b");
        pod.Spec.Containers[0].Image = "busybox:2";

        var plan = PodPlanner.Plan(new PodPlanInput { Pod = pod, Runtime = Pods.Runtime(Pods.Sandbox(), "a:running", "b:running") });

        Assert.Equal("kill a start a", Describe(plan));
        Assert.Equal("Container a definition changed, will be restarted", Assert.Single(plan.Kill).Message);
    }

    [Theory]
    [InlineData("Always", "kill a start a", "Container a failed liveness probe, will be restarted")]
    [InlineData("OnFailure", "kill a start a", "Container a failed liveness probe, will be restarted")]
    [InlineData("Never", "kill a", "Container a failed liveness probe")]
    public void Plan_Unhealthy_RestartsUnlessNever(string policy, string expected, string sentence)
    {
        var plan = PodPlanner.Plan(new PodPlanInput
        {
            Pod = Pods.Make(policy, null, "a", "b"),
            Runtime = Pods.Runtime(Pods.Sandbox(), "a:running", "b:running"),
            Unhealthy = ImmutableDictionary<string, string>.Empty.Add("a", "Container a failed liveness probe"),
        });

        Assert.Equal(expected, Describe(plan));
        Assert.Equal(sentence, Assert.Single(plan.Kill).Message);
    }

    [Theory]
    [InlineData("OnFailure", "ready", "start a")]
    [InlineData("Never", "ready", "start a")]
    [InlineData("OnFailure", "dead", "changed sandbox#1 start a")]
    public void Plan_KilledToRunAgain_StartsWhateverItsExitCode(string policy, string sandbox, string expected)
    {
        var plan = PodPlanner.Plan(new PodPlanInput
        {
            Pod = Pods.Make(policy),
            Runtime = Pods.Runtime(Pods.Sandbox(ready: sandbox == "ready"), "a:0"),
            Killed = ["id-a"],
        });

        Assert.Equal(expected, Describe(plan));
    }

    [Fact]
    public void Plan_EphemeralContainer_StartsOnceAndNeverAgain()
    {
        var pod = Pods.Make();
        pod.Spec.EphemeralContainers = [new V1EphemeralContainer { Name = "debug", Image = "busybox" }];

        var before = PodPlanner.Plan(new PodPlanInput { Pod = pod, Runtime = Pods.Runtime(Pods.Sandbox(), "a:running") });
        var after = PodPlanner.Plan(new PodPlanInput { Pod = pod, Runtime = Pods.Runtime(Pods.Sandbox(), "a:running", "debug:0") });

        Assert.Equal(["debug"], before.StartEphemeral);
        Assert.True(after.IsEmpty);
    }

    /// <summary>After <c>nacelle down</c> no runtime remembers the debuggers of yesterday.</summary>
    [Fact]
    public void Plan_EphemeralContainerThatTheRuntimeForgot_StaysEnded()
    {
        var pod = Pods.Make();
        pod.Spec.EphemeralContainers = [new V1EphemeralContainer { Name = "debug", Image = "busybox" }];
        var ended = new V1ContainerStatus { Name = "debug", State = new V1ContainerState { Terminated = new V1ContainerStateTerminated { ExitCode = 3 } } };
        pod.Status = new V1PodStatus { EphemeralContainerStatuses = [ended] };
        var runtime = Pods.Runtime(Pods.Sandbox(), "a:running");

        Assert.True(PodPlanner.Plan(new PodPlanInput { Pod = pod, Runtime = runtime }).IsEmpty);
        var status = PodStatusBuilder.Build(new PodStatusInput { Pod = pod, Runtime = runtime, Now = DateTimeOffset.UtcNow });
        Assert.Equal(3, Assert.Single(status.EphemeralContainerStatuses).State.Terminated?.ExitCode);
    }

    [Fact]
    public void Plan_SandboxWithoutAddress_IsReplaced()
    {
        var plan = PodPlanner.Plan(new PodPlanInput
        {
            Pod = Pods.Make(),
            Runtime = Pods.Runtime(Pods.Sandbox() with { Addresses = [] }, "a:running"),
        });

        Assert.True(plan is { CreateSandbox: true, SandboxChanged: true, Attempt: 1 });
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Describe(PodPlan plan)
    {
        var words = new List<string>();
        Add(plan.KillPod, "kill-pod");
        Add(plan.SandboxChanged, "changed");
        Add(plan.CreateSandbox, $"sandbox#{plan.Attempt}");
        Add(!plan.Kill.IsEmpty, "kill " + string.Join(' ', plan.Kill.Select(k => k.Name)));
        Add(!plan.StartInit.IsEmpty, "init " + string.Join(' ', plan.StartInit));
        Add(!plan.Start.IsEmpty, "start " + string.Join(' ', plan.Start));
        return string.Join(' ', words);

        void Add(bool present, string text)
        {
            if (present)
            {
                words.Add(text);
            }
        }
    }
}
