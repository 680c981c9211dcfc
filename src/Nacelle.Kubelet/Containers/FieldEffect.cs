namespace Nacelle.Kubelet.Containers;

/// <summary>What becomes of a Pod that uses a field which the kubelet does not act on.</summary>
public enum FieldEffect
{
    /// <summary>The field protects something or holds data: the Pod waits, or the ephemeral container that uses it.</summary>
    Refused,

    /// <summary>The Pod runs without it, and an event says so.</summary>
    Ignored,
}
