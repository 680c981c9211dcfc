using Nacelle.Kubelet.Resources;

namespace Nacelle.Kubelet.Environments;

/// <summary>What a container's environment depends on beside its Pod.</summary>
/// <param name="PodIPs">The Pod's addresses, the one that counts first.</param>
/// <param name="HostIPs">The node's addresses.</param>
/// <param name="Node">What the machine can give.</param>
/// <param name="Objects">ConfigMaps, Secrets and Services.</param>
public sealed record EnvironmentContext(IReadOnlyList<string> PodIPs, IReadOnlyList<string> HostIPs, NodeResources Node, PodObjects Objects);
