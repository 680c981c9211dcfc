namespace Nacelle.Kubelet.PodWorkers;

/// <summary>A container that must wait before it is started again.</summary>
public sealed record BackingOff(string Name, TimeSpan Remaining);
