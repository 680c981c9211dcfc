namespace Nacelle.Kubelet.Containers;

/// <summary>A place in a Pod that uses a field the kubelet does not act on.</summary>
public sealed record FieldUse(string Path, FieldEffect Effect)
{
    /// <summary>The ephemeral container that uses it; null where the Pod as a whole or one of its other containers does.</summary>
    public string? Ephemeral { get; init; }
}
