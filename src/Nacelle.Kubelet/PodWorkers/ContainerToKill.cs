namespace Nacelle.Kubelet.PodWorkers;

/// <summary>A running container that has to end, and the sentence of its event.</summary>
public sealed record ContainerToKill(string Name, string Id, string Message);
