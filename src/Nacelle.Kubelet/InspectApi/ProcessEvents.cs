using Nacelle.Inspect.Processes;
using Nacelle.Linux.Processes;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>Tells on the Pod who sent which signal to whom. The arguments of a process may hold secrets: its kernel name stands for it.</summary>
internal static class ProcessEvents
{
    public const string Reason = "ProcessSignaled";

    public static void Signalled(InspectRequest request, IndexedProcess process, Signal signal)
    {
        var container = process.Value.Container;
        if (request.Services.Pods.Pods.FirstOrDefault(p => p.Metadata.Uid == container.Pod.Uid) is { } pod)
        {
            request.Services.Events.Record(pod, container.Name.Length == 0 ? null : container.Name, warning: false, Reason,
                $"{SignalNames.Format(signal)} sent to process {process.Value.Pid} ({process.Value.Process.Name}) by {request.User}");
        }
    }
}
