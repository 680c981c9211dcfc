namespace Nacelle.Inspect.Health;

/// <summary>A process that the health of its Pod is judged by.</summary>
/// <param name="HostPid">Its PID on the host; with <paramref name="StartTicks"/> it names one process until the machine is restarted.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot.</param>
/// <param name="Pid">Its PID as the Pod sees it; 0 when unknown.</param>
/// <param name="Name">The kernel's name of it, escaped.</param>
/// <param name="Container">The container it is in; empty for the sandbox, or for none.</param>
public sealed record HealthProcess(int HostPid, long StartTicks, int Pid, string Name, string Container);
