using Nacelle.Kubelet.Status;

namespace Nacelle.Kubelet.Containers;

/// <summary>A container could not be started; the reason and the message go into its waiting state.</summary>
public sealed class ContainerStartException(WaitingReason why) : Exception(why.Message)
{
    public WaitingReason Why { get; } = why;

    /// <summary>Another attempt is useless before this has passed; null leaves it to the caller.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
