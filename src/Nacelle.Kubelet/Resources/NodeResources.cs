namespace Nacelle.Kubelet.Resources;

/// <summary>What the machine can give to Pods: what a limit reads as where a container has none.</summary>
/// <param name="CpuMilli">Thousandths of a CPU.</param>
/// <param name="MemoryBytes">Memory in bytes.</param>
/// <param name="EphemeralStorageBytes">Size of the file system that holds the Pods' directories, in bytes.</param>
public sealed record NodeResources(long CpuMilli, long MemoryBytes, long EphemeralStorageBytes);
