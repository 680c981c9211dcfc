using k8s.Models;
using Nacelle.Controllers.Scheduling;
using Nacelle.Kubernetes.Client;
using Xunit;
using static Nacelle.UnitTests.Controllers.Scheduling.SchedulingObjects;

namespace Nacelle.UnitTests.Controllers.Scheduling;

public sealed class ClusterStateTests
{
    private readonly ClusterState _state = new("default-scheduler");

    [Fact]
    public void Apply_NewPod_IsToBeLookedAtOnce()
    {
        Assert.Equal(["web"], Upsert(Pod("web")));
        Assert.Empty(Upsert(Pod("web")));
    }

    [Fact]
    public void Apply_PodThatIsNotOurs_IsLeftAlone()
    {
        Assert.Empty(Upsert(Pod("other-scheduler", spec => spec.SchedulerName = "mine")));
        Assert.Empty(Upsert(Pod("gated", spec => spec.SchedulingGates = [new V1PodSchedulingGate { Name = "example.com/wait" }])));
        Assert.Empty(Upsert(Pod("assigned", spec => spec.NodeName = "box")));
        var ended = Pod("ended");
        ended.Status = new V1PodStatus { Phase = "Failed" };
        Assert.Empty(Upsert(ended));
        var going = Pod("going");
        going.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        Assert.Empty(Upsert(going));
    }

    [Fact]
    public void Apply_GatesRemoved_MakesThePodSchedulable()
    {
        Upsert(Pod("web", spec => spec.SchedulingGates = [new V1PodSchedulingGate { Name = "example.com/wait" }]));

        Assert.Equal(["web"], Upsert(Pod("web")));
    }

    [Fact]
    public void Attempt_SecondPodBeforeTheFirstBindingShows_CountsTheFirst()
    {
        AddNode();
        Upsert(Pod("first", null, ("cpu", "1500m")));
        Upsert(Pod("second", null, ("cpu", "1")));

        Assert.Equal("box", _state.Attempt("first")!.Decision.NodeName);
        Assert.Null(_state.Attempt("first"));
        Assert.StartsWith("0/1 nodes are available: 1 Insufficient cpu.", _state.Attempt("second")!.Decision.Message);
    }

    [Fact]
    public void Outdated_NewStateNotSeenYet_IsLookedAtWhenItComes()
    {
        AddNode();
        var pod = Pod("big", null, ("cpu", "64"));
        pod.Metadata.ResourceVersion = "5";
        Upsert(pod);

        Assert.Empty(_state.Outdated(_state.Attempt("big")!.Pod));
        Assert.Empty(Upsert(pod));
        Assert.Equal(["big"], Upsert(Newer("6")));
        Assert.Empty(Upsert(Newer("7")));
        Assert.Equal(["big"], _state.Outdated(pod));

        V1Pod Newer(string version)
        {
            var newer = Pod("big", null, ("cpu", "64"));
            newer.Metadata.ResourceVersion = version;
            return newer;
        }
    }

    [Fact]
    public void Forget_FailedBinding_FreesTheRoomForWhoWaits()
    {
        AddNode();
        Upsert(Pod("first", null, ("cpu", "2")));
        Upsert(Pod("second", null, ("cpu", "2")));
        _state.Attempt("first");
        _state.Attempt("second");

        Assert.Equal(["second"], _state.Forget("first"));
        Assert.Equal("box", _state.Attempt("second")!.Decision.NodeName);
    }

    [Fact]
    public void Apply_PodThatEnds_WakesThePodsThatWait()
    {
        AddNode();
        Upsert(Pod("first", spec => spec.NodeName = "box", ("cpu", "2")));
        Upsert(Pod("second", null, ("cpu", "2")));
        Assert.Null(_state.Attempt("second")!.Decision.NodeName);

        var ended = Pod("first", spec => spec.NodeName = "box", ("cpu", "2"));
        ended.Status = new V1PodStatus { Phase = "Succeeded" };

        Assert.Equal(["second"], Upsert(ended));
        Assert.Equal("box", _state.Attempt("second")!.Decision.NodeName);
    }

    [Fact]
    public void Apply_NodeThatAppears_WakesThePodsThatWait()
    {
        Upsert(Pod("web"));
        Assert.Equal("no nodes available to schedule pods", _state.Attempt("web")!.Decision.Message);

        Assert.Equal(["web"], AddNode());
    }

    [Fact]
    public void Apply_OwnConditionOnAWaitingPod_DoesNotWakeIt()
    {
        Upsert(Pod("web"));
        _state.Attempt("web");
        var patched = Pod("web");
        patched.Status = new V1PodStatus { Conditions = [new V1PodCondition { Type = "PodScheduled", Status = "False" }] };

        Assert.Empty(Upsert(patched));
        Assert.Equal(["web"], _state.Retry());
    }

    [Fact]
    public void Apply_ListWithoutAPod_ForgetsIt()
    {
        AddNode();
        Upsert(Pod("first", spec => spec.NodeName = "box", ("cpu", "2")));
        Upsert(Pod("second", null, ("cpu", "2")));
        _state.Attempt("second");

        var affected = _state.Apply(new ReflectorEvent<V1Pod>(ReflectorEventType.Replaced, [Pod("second", null, ("cpu", "2"))]));

        Assert.Contains("second", affected);
        Assert.Equal("box", _state.Attempt("second")!.Decision.NodeName);
    }

    [Fact]
    public void Apply_DeletedPendingPod_IsNoLongerAttempted()
    {
        Upsert(Pod("web"));
        _state.Apply(new ReflectorEvent<V1Pod>(ReflectorEventType.Deleted, [Pod("web")]));

        Assert.Null(_state.Attempt("web"));
    }

    private IReadOnlyList<string> Upsert(V1Pod pod) => _state.Apply(new ReflectorEvent<V1Pod>(ReflectorEventType.Upserted, [pod]));

    private IReadOnlyList<string> AddNode() => _state.Apply(new ReflectorEvent<V1Node>(ReflectorEventType.Upserted, [Node()]));
}
