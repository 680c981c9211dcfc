using System.Text;
using k8s.Models;
using Nacelle.Kubelet.Status;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Status;

public sealed class StatusPatchTests
{
    [Fact]
    public void Between_Equal_IsNothing() =>
        Assert.Null(StatusPatch.Between("u", new V1PodStatus { Phase = "Running" }, new V1PodStatus { Phase = "Running" }));

    [Fact]
    public void Between_PhaseAndOneCondition_SendsOnlyThose() => Assert.Equal(
        """{"metadata":{"uid":"u"},"status":{"conditions":[{"status":"True","type":"Ready","reason":null}],"phase":"Running"}}""",
        Patch(
            Status("Pending", ("PodScheduled", "True", null), ("Ready", "False", "ContainersNotReady")),
            Status("Running", ("PodScheduled", "True", null), ("Ready", "True", null))));

    [Fact]
    public void Between_NewAddress_DeletesTheOldOne() => Assert.Equal(
        """{"metadata":{"uid":"u"},"status":{"podIP":"2","podIPs":[{"ip":"2"},{"$patch":"delete","ip":"1"}]}}""",
        Patch(
            new V1PodStatus { PodIP = "1", PodIPs = [new V1PodIP { Ip = "1" }] },
            new V1PodStatus { PodIP = "2", PodIPs = [new V1PodIP { Ip = "2" }] }));

    [Fact]
    public void Between_OtherOrderOfConditions_IsNothing() => Assert.Null(StatusPatch.Between(
        "u",
        Status("Running", ("PodScheduled", "True", null), ("Ready", "True", null)),
        Status("Running", ("Ready", "True", null), ("PodScheduled", "True", null))));

    [Fact]
    public void Between_ConditionOfOthersDiffers_IsNotSent() => Assert.Equal(
        """{"metadata":{"uid":"u"},"status":{"phase":"Running"}}""",
        Patch(
            Status("Pending", ("PodScheduled", "True", null), ("example.com/gate", "True", null)),
            Status("Running", ("PodScheduled", "False", null), ("example.com/gate", "False", null), ("example.com/other", "True", null))));

    [Fact]
    public void Between_FieldGone_IsNull() => Assert.Equal(
        """{"metadata":{"uid":"u"},"status":{"message":null}}""",
        Patch(new V1PodStatus { Message = "x" }, new V1PodStatus()));

    private static string Patch(V1PodStatus old, V1PodStatus desired) => Encoding.UTF8.GetString(StatusPatch.Between("u", old, desired)!);

    private static V1PodStatus Status(string phase, params (string Type, string Status, string? Reason)[] conditions) => new()
    {
        Phase = phase,
        Conditions = [.. conditions.Select(c => new V1PodCondition { Type = c.Type, Status = c.Status, Reason = c.Reason })],
    };
}
