namespace Nacelle.Kubelet.NodeApi;

/// <summary>What a <see cref="StreamingResolver"/> found.</summary>
/// <param name="PodFound">Whether this node has the Pod.</param>
/// <param name="Id">CRI's id of the container or sandbox; null when none of it runs.</param>
public readonly record struct StreamingTarget(bool PodFound, string? Id)
{
    public static StreamingTarget NoPod => default;
}
