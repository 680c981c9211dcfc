using k8s.Models;
using Nacelle.Inspect.Processes;
using Nacelle.Kubelet.Events;
using Nacelle.Linux.Processes;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>Tells on the Pod who sent which signal to whom. The arguments of a process may hold secrets: its kernel name stands for it.</summary>
internal static class ProcessEvents
{
    public const string Reason = "ProcessSignaled";

    /// <param name="services">What records events.</param>
    /// <param name="user">Who asked.</param>
    /// <param name="process">To whom it was sent.</param>
    /// <param name="signal">What was sent.</param>
    public static void Signalled(InspectServices services, string user, IndexedProcess process, Signal signal)
    {
        var container = process.Value.Container;
        if (services.Pods.FindByUid(container.Pod.Uid) is { } pod)
        {
            services.Events.Record(pod, container.Name.Length == 0 ? null : container.Name, warning: false, Reason, Message(user, process, signal));
        }
    }

    /// <summary>What is done and said when the request to end has not helped.</summary>
    /// <param name="services">What knows the Pod.</param>
    /// <param name="user">Who asked.</param>
    /// <param name="process">The process.</param>
    /// <param name="at">When its grace period is over.</param>
    public static KillOrder KillOrder(InspectServices services, string user, IndexedProcess process, DateTimeOffset at)
    {
        var container = process.Value.Container;
        var pod = services.Pods.FindByUid(container.Pod.Uid);
        return new KillOrder
        {
            Uid = process.Value.Uid,
            At = at,
            Namespace = container.Pod.Namespace,
            Pod = container.Pod.Name,
            PodUid = container.Pod.Uid,
            FieldPath = pod is null || container.Name.Length == 0 ? null : EventRecorder.FieldPath(pod, container.Name),
            Message = $"{Message(user, process, Signal.Kill)} after its grace period",
        };
    }

    public static void Killed(EventRecorder events, KillOrder order) => events.Record(
        new V1ObjectReference
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Name = order.Pod,
            NamespaceProperty = order.Namespace,
            Uid = order.PodUid,
            FieldPath = order.FieldPath,
        },
        warning: false,
        Reason,
        order.Message);

    private static string Message(string user, IndexedProcess process, Signal signal) =>
        $"{SignalNames.Format(signal)} sent to process {process.Value.Pid} ({process.Value.Process.Name}) by {user}";
}
