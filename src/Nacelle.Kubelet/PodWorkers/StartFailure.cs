namespace Nacelle.Kubelet.PodWorkers;

/// <summary>A container could not be started; the next attempt comes not before the moment given.</summary>
internal sealed record StartFailure(DateTimeOffset RetryAt);
