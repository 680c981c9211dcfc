namespace Nacelle.Kubelet.PodWorkers;

/// <summary>A Pod's sandbox or volumes could not be made; its event is recorded already, and the step is tried again.</summary>
internal sealed class PodStartException(string message, Exception inner) : Exception(message, inner)
{
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);
}
