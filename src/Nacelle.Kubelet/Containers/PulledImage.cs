using Nacelle.Kubernetes.Entrypoints;

namespace Nacelle.Kubelet.Containers;

/// <summary>An image on this machine: what CRI calls are given, and the user it names.</summary>
/// <param name="Id">The runtime's id of the image.</param>
/// <param name="Uid">Numeric user of the image, or null.</param>
/// <param name="UserName">Named user of the image, or empty.</param>
/// <param name="Configuration">Null where it was not asked for, or the runtime does not give it.</param>
public sealed record PulledImage(string Id, long? Uid, string UserName, ImageConfiguration? Configuration = null);
