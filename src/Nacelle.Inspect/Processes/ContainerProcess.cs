using System.Globalization;

namespace Nacelle.Inspect.Processes;

/// <summary>A process and the container whose control group holds it.</summary>
/// <param name="Container">The container, or the sandbox.</param>
/// <param name="Process">The process.</param>
/// <param name="ParentPid">Its parent's PID as the Pod sees it; 0 where the parent is outside of the Pod.</param>
/// <param name="Origin">How it came in.</param>
public sealed record ContainerProcess(InspectedContainer Container, ObservedProcess Process, int ParentPid, ProcessOrigin Origin)
{
    /// <summary>The PID as the Pod sees it.</summary>
    public int Pid => Process.PidAt(Container.NamespaceDepth);

    /// <summary><c>POD:CONTAINER:PID</c>; <c>POD::PID</c> for the sandbox's own. No Pod or container has a colon in its name.</summary>
    public string Name => field ??= string.Create(CultureInfo.InvariantCulture, $"{Container.Pod.Name}:{Container.Name}:{Pid}");

    /// <summary>Names this process and no other, ever.</summary>
    public string Uid => field ??= ProcessUid.Format(Process.HostPid, Process.StartTicks);
}
