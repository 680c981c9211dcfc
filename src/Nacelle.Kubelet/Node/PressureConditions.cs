using System.Collections.Immutable;
using k8s.Models;

namespace Nacelle.Kubelet.Node;

/// <summary>
/// The node's pressure conditions as the real kubelet words them. They keep new Pods away (taints); nothing is evicted. The memory threshold is
/// the kubelet's own default; its default for the disk, 10 % free, would keep Pods away from many a healthy workstation, so that it is lower here.
/// </summary>
public static class PressureConditions
{
    private const long LeastMemory = 100L << 20; // memory.available < 100Mi
    private const double LeastDisk = 0.02;
    private const double LeastProcesses = 0.05; // of the process ids; the kubelet has no default for it

    /// <summary>MemoryPressure, DiskPressure and PIDPressure; heartbeat and transition are both <paramref name="now"/>.</summary>
    public static ImmutableArray<V1NodeCondition> Of(MachineUse use, DateTime now) =>
    [
        Condition("MemoryPressure", use.MemoryAvailableBytes < LeastMemory, now,
            ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
            ("KubeletHasSufficientMemory", "kubelet has sufficient memory available")),
        Condition("DiskPressure", use.DiskFreeBytes < LeastDisk * use.DiskTotalBytes, now,
            ("KubeletHasDiskPressure", "kubelet has disk pressure"),
            ("KubeletHasNoDiskPressure", "kubelet has no disk pressure")),
        Condition("PIDPressure", use.MaxProcesses - use.Processes < LeastProcesses * use.MaxProcesses, now,
            ("KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
            ("KubeletHasSufficientPID", "kubelet has sufficient PID available")),
    ];

    private static V1NodeCondition Condition(
        string type, bool pressed, DateTime now, (string Reason, string Message) yes, (string Reason, string Message) no) => new()
        {
            Type = type,
            Status = pressed ? "True" : "False",
            Reason = (pressed ? yes : no).Reason,
            Message = (pressed ? yes : no).Message,
            LastHeartbeatTime = now,
            LastTransitionTime = now,
        };
}
