using k8s.Models;
using Nacelle.Controllers.Nodes;
using Xunit;

namespace Nacelle.UnitTests.Controllers.Nodes;

public sealed class NodeTaintsTests
{
    [Theory]
    [InlineData("Ready=True", "", null)]
    [InlineData("Ready=True", "node.kubernetes.io/not-ready", "")]
    [InlineData("Ready=False", "node.kubernetes.io/not-ready", null)]
    [InlineData("Ready=False", "", "node.kubernetes.io/not-ready")]
    [InlineData("Ready=Unknown", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")]
    [InlineData("", "", "node.kubernetes.io/not-ready")]
    [InlineData("Ready=True,DiskPressure=True", "", "node.kubernetes.io/disk-pressure")]
    [InlineData("Ready=True,DiskPressure=False", "node.kubernetes.io/disk-pressure", "")]
    [InlineData("Ready=True", "dedicated", null)]
    [InlineData("Ready=False", "dedicated", "dedicated,node.kubernetes.io/not-ready")]
    public void Missing_ConditionsAndTaints_KeepsOthersAndFollowsConditions(string conditions, string taints, string? expected)
    {
        var node = new V1Node
        {
            Spec = new V1NodeSpec { Taints = [.. Split(taints).Select(key => new V1Taint { Key = key, Effect = "NoSchedule" })] },
            Status = new V1NodeStatus
            {
                Conditions = [.. Split(conditions).Select(text => text.Split('=')).Select(pair => new V1NodeCondition { Type = pair[0], Status = pair[1] })],
            },
        };

        var missing = NodeTaints.Missing(node);

        Assert.Equal(expected is null ? null : Split(expected), missing?.Select(taint => taint.Key));
    }

    [Fact]
    public void Missing_CordonedNode_AddsUnschedulable()
    {
        var node = new V1Node
        {
            Spec = new V1NodeSpec { Unschedulable = true },
            Status = new V1NodeStatus { Conditions = [new V1NodeCondition { Type = "Ready", Status = "True" }] },
        };

        var taint = Assert.Single(NodeTaints.Missing(node)!);
        Assert.Equal(("node.kubernetes.io/unschedulable", "NoSchedule"), (taint.Key, taint.Effect));
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
