namespace Nacelle.Kubelet.Resources;

/// <summary>A Pod's quality of service (Kubernetes documentation, "Pod Quality of Service Classes").</summary>
public enum QosClass
{
    /// <summary>No container asks for or limits CPU or memory.</summary>
    BestEffort,

    /// <summary>Something is asked for, but not all is limited to the same.</summary>
    Burstable,

    /// <summary>Every container limits both CPU and memory and asks for exactly as much.</summary>
    Guaranteed,
}
