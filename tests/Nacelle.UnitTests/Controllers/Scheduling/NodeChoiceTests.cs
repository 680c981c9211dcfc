using k8s.Models;
using Nacelle.Controllers.Scheduling;
using Xunit;
using static Nacelle.UnitTests.Controllers.Scheduling.SchedulingObjects;

namespace Nacelle.UnitTests.Controllers.Scheduling;

public sealed class NodeChoiceTests
{
    private const string Helpless = " preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
    private const string NoVictims = " preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.";

    [Fact]
    public void Decide_PodThatFits_NamesTheNode()
        => Assert.Equal(new SchedulingDecision("box", ""), NodeChoice.Decide(Pod("web", null, ("cpu", "2"), ("memory", "4Gi")), [Info()]));

    [Fact]
    public void Decide_NoNodes_SaysSo()
        => Assert.Equal(new SchedulingDecision(null, "no nodes available to schedule pods"), NodeChoice.Decide(Pod("web"), []));

    [Fact]
    public void Decide_TwoNodesThatFit_TakesTheOneWithFewerPods()
    {
        NodeInfo busy = new(Node("a"), [Pod("other")]);
        NodeInfo idle = new(Node("b"), []);

        Assert.Equal("b", NodeChoice.Decide(Pod("web"), [busy, idle]).NodeName);
    }

    [Fact]
    public void Decide_NodesThatRefuseDifferently_CountsEachReason()
    {
        NodeInfo full = new(Node("a"), [Pod("other", null, ("cpu", "1500m"))]);
        NodeInfo small = new(Node("b", node => node.Status.Allocatable["cpu"] = new("500m")), []);
        NodeInfo tainted = new(Node("c", node => node.Spec.Taints = [new V1Taint { Key = "gpu", Value = "yes", Effect = "NoSchedule" }]), []);

        Assert.Equal(
            "0/3 nodes are available: 1 node(s) had untolerated taint {gpu: yes}, 2 Insufficient cpu. "
                + "preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.",
            NodeChoice.Decide(Pod("web", null, ("cpu", "1")), [full, small, tainted]).Message);
    }

    [Fact]
    public void Decide_NodeRefusedByTwoFilters_NamesTheFirstOnly()
        => Assert.Equal(
            "0/1 nodes are available: 1 node(s) were unschedulable." + Helpless,
            NodeChoice.Decide(Pod("web", null, ("cpu", "64")), [Info(node => node.Spec.Unschedulable = true)]).Message);

    [Theory]
    [InlineData("cpu", "2001m", "1 Insufficient cpu." + Helpless)]
    [InlineData("cpu", "600m", "1 Insufficient cpu." + NoVictims)]
    [InlineData("memory", "5Gi", "1 Insufficient memory." + Helpless)]
    [InlineData("example.com/device", "1", "1 Insufficient example.com/device." + Helpless)]
    public void Decide_RequestThatDoesNotFit_NamesTheResource(string resource, string amount, string expected)
    {
        var node = Info(null, Pod("other", null, ("cpu", "1500m"), ("memory", "1Gi")));

        Assert.Equal("0/1 nodes are available: " + expected, NodeChoice.Decide(Pod("web", null, (resource, amount)), [node]).Message);
    }

    [Fact]
    public void Decide_SeveralResourcesLacking_NamesThemInTextOrder()
        => Assert.Equal(
            "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory." + Helpless,
            NodeChoice.Decide(Pod("web", null, ("memory", "1Ti"), ("cpu", "64")), [Info()]).Message);

    [Fact]
    public void Decide_NoRoomForAnotherPod_SaysTooManyPods()
        => Assert.Equal(
            "0/1 nodes are available: 1 Too many pods." + NoVictims,
            NodeChoice.Decide(Pod("web"), [Info(node => node.Status.Allocatable["pods"] = new("1"), Pod("other"))]).Message);

    public static TheoryData<string, bool> Selectors => new()
    {
        { "disk=ssd", true },
        { "disk=hdd", false },
        { "gpu=yes", false },
    };

    [Theory]
    [MemberData(nameof(Selectors))]
    public void Decide_NodeSelector_ComparesLabels(string selector, bool fits)
    {
        var pair = selector.Split('=');
        var pod = Pod("web", spec => spec.NodeSelector = new Dictionary<string, string> { [pair[0]] = pair[1] });

        AssertFits(fits, "node(s) didn't match Pod's node affinity/selector", pod, Info());
    }

    [Theory]
    [InlineData("disk", "In", "ssd,nvme", true)]
    [InlineData("disk", "In", "hdd", false)]
    [InlineData("disk", "NotIn", "hdd", true)]
    [InlineData("disk", "NotIn", "ssd", false)]
    [InlineData("gpu", "NotIn", "yes", true)]
    [InlineData("disk", "Exists", "", true)]
    [InlineData("gpu", "Exists", "", false)]
    [InlineData("gpu", "DoesNotExist", "", true)]
    [InlineData("cores", "Gt", "1", true)]
    [InlineData("cores", "Gt", "2", false)]
    [InlineData("cores", "Lt", "3", true)]
    [InlineData("disk", "Lt", "3", false)]
    [InlineData("gpu", "Gt", "0", false)]
    public void Decide_NodeAffinityExpression_FollowsTheOperator(string key, string op, string values, bool fits)
    {
        var pod = Pod("web", spec => spec.Affinity = Required(new V1NodeSelectorTerm
        {
            MatchExpressions = [new() { Key = key, OperatorProperty = op, Values = values.Length == 0 ? null : values.Split(',') }],
        }));

        AssertFits(fits, "node(s) didn't match Pod's node affinity/selector", pod, Info());
    }

    [Fact]
    public void Decide_NodeAffinityTerms_AreAlternativesAndAnEmptyOneMatchesNothing()
    {
        V1NodeSelectorTerm empty = new();
        V1NodeSelectorTerm byName = new() { MatchFields = [new() { Key = "metadata.name", OperatorProperty = "In", Values = ["box"] }] };

        AssertFits(false, "node(s) didn't match Pod's node affinity/selector", Pod("web", spec => spec.Affinity = Required(empty)), Info());
        AssertFits(true, "", Pod("web", spec => spec.Affinity = Required(empty, byName)), Info());
    }

    [Theory]
    [InlineData("NoSchedule", null, null, null, false)]
    [InlineData("NoExecute", null, null, null, false)]
    [InlineData("PreferNoSchedule", null, null, null, true)]
    [InlineData("NoSchedule", "dedicated", "Equal", "web", true)]
    [InlineData("NoSchedule", "dedicated", null, "web", true)]
    [InlineData("NoSchedule", "dedicated", "Equal", "db", false)]
    [InlineData("NoSchedule", "dedicated", "Exists", null, true)]
    [InlineData("NoSchedule", null, "Exists", null, true)]
    [InlineData("NoSchedule", "other", "Exists", null, false)]
    public void Decide_Taint_NeedsAToleration(string effect, string? key, string? op, string? value, bool fits)
    {
        var node = Info(node => node.Spec.Taints = [new V1Taint { Key = "dedicated", Value = "web", Effect = effect }]);
        var pod = Pod("web", spec => spec.Tolerations = [new V1Toleration { Key = key, OperatorProperty = op, Value = value }]);

        AssertFits(fits, "node(s) had untolerated taint {dedicated: web}", pod, node);
    }

    [Theory]
    [InlineData("False", "", false)]
    [InlineData("True", "node.kubernetes.io/not-ready", true)]
    public void Decide_ReadinessThatTheTaintsLagBehind_Decides(string ready, string taint, bool fits)
    {
        var node = Info(node =>
        {
            node.Status.Conditions[0].Status = ready;
            node.Spec.Taints = taint.Length == 0 ? null : [new V1Taint { Key = taint, Effect = "NoSchedule" }];
        });

        AssertFits(fits, "node(s) had untolerated taint {node.kubernetes.io/not-ready: }", Pod("web"), node);
    }

    [Fact]
    public void Decide_TolerationOfAnotherEffect_DoesNotCount()
    {
        var node = Info(node => node.Spec.Taints = [new V1Taint { Key = "dedicated", Effect = "NoSchedule" }]);
        var pod = Pod("web", spec => spec.Tolerations = [new V1Toleration { Key = "dedicated", OperatorProperty = "Exists", Effect = "NoExecute" }]);

        AssertFits(false, "node(s) had untolerated taint {dedicated: }", pod, node);
    }

    [Theory]
    [InlineData("", "TCP", 8080, false)]
    [InlineData("", "UDP", 8080, true)]
    [InlineData("", "TCP", 8081, true)]
    [InlineData("10.0.0.1", "TCP", 8080, false)]
    [InlineData("127.0.0.1", "TCP", 9090, false)]
    [InlineData("10.0.0.1", "TCP", 9090, true)]
    public void Decide_HostPort_MustBeFree(string address, string protocol, int port, bool fits)
    {
        var other = Pod("other", spec => spec.Containers[0].Ports =
        [
            new() { ContainerPort = 80, HostPort = 8080, Protocol = "TCP" },
            new() { ContainerPort = 90, HostPort = 9090, Protocol = "TCP", HostIP = "127.0.0.1" },
        ]);
        var pod = Pod("web", spec => spec.Containers[0].Ports = [new() { ContainerPort = 80, HostPort = port, Protocol = protocol, HostIP = address }]);

        AssertFits(fits, "node(s) didn't have free ports for the requested pod ports", pod, Info(null, other));
    }

    [Theory]
    [InlineData("app", "db", true)]
    [InlineData("app", "web", false)]
    public void Decide_PodAntiAffinity_LooksAtThePodsOfTheNode(string key, string value, bool fits)
    {
        var other = Pod("other");
        other.Metadata.Labels[key] = value;
        var pod = Pod("web", spec => spec.Affinity = new V1Affinity
        {
            PodAntiAffinity = new V1PodAntiAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [Near("app", "web")] },
        });

        AssertFits(fits, "node(s) didn't match pod anti-affinity rules", pod, Info(null, other));
    }

    [Fact]
    public void Decide_PodAffinityToNoOne_RefusesUnlessThePodIsTheFirstOfItsKind()
    {
        var pod = Pod("web", spec => spec.Affinity = new V1Affinity
        {
            PodAffinity = new V1PodAffinity { RequiredDuringSchedulingIgnoredDuringExecution = [Near("app", "web")] },
        });
        AssertFits(false, "node(s) didn't match pod affinity rules", pod, Info());

        pod.Metadata.Labels["app"] = "web";
        AssertFits(true, "", pod, Info());
    }

    private static void AssertFits(bool fits, string reason, V1Pod pod, NodeInfo node)
    {
        var decision = NodeChoice.Decide(pod, [node]);
        Assert.Equal(fits ? "box" : null, decision.NodeName);
        if (!fits)
        {
            Assert.StartsWith($"0/1 nodes are available: 1 {reason}.", decision.Message);
        }
    }

    private static V1Affinity Required(params V1NodeSelectorTerm[] terms) => new()
    {
        NodeAffinity = new V1NodeAffinity { RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector { NodeSelectorTerms = terms } },
    };

    private static V1PodAffinityTerm Near(string key, string value) => new()
    {
        TopologyKey = "kubernetes.io/hostname",
        LabelSelector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { [key] = value } },
    };
}
