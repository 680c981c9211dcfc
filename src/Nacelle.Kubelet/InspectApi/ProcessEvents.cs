using Nacelle.Inspect.Processes;
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
    /// <param name="afterGrace">Whether it follows a request to end that did not help.</param>
    public static void Signalled(InspectServices services, string user, IndexedProcess process, Signal signal, bool afterGrace = false)
    {
        var container = process.Value.Container;
        if (services.Pods.FindByUid(container.Pod.Uid) is { } pod)
        {
            services.Events.Record(pod, container.Name.Length == 0 ? null : container.Name, warning: false, Reason,
                $"{SignalNames.Format(signal)} sent to process {process.Value.Pid} ({process.Value.Process.Name}) by {user}{(afterGrace ? " after its grace period" : "")}");
        }
    }
}
