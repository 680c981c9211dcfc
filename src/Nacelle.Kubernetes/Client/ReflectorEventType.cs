namespace Nacelle.Kubernetes.Client;

/// <summary>What a <see cref="Reflector{T}"/> tells.</summary>
public enum ReflectorEventType
{
    /// <summary>A complete list: whatever is not in it no longer exists.</summary>
    Replaced,

    /// <summary>An object was created or changed.</summary>
    Upserted,

    /// <summary>An object is gone; its last state comes with the event.</summary>
    Deleted,
}
