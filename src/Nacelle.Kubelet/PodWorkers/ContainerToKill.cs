namespace Nacelle.Kubelet.PodWorkers;

/// <summary>A container that has to end, and the sentence of its event.</summary>
/// <param name="Restart">It runs again afterwards, whatever its exit code will be.</param>
public sealed record ContainerToKill(string Name, string Id, string Message, bool Restart);
