using k8s.Models;

namespace Nacelle.Kubelet.Probes;

/// <summary>The container that an action is for.</summary>
/// <param name="Spec">Its spec, where named ports are looked up.</param>
/// <param name="Id">CRI's id.</param>
/// <param name="Address">The Pod's primary address.</param>
public sealed record ContainerTarget(V1Container Spec, string Id, string Address);
