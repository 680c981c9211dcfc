namespace Nacelle.Kubelet.PodWorkers;

/// <summary>A container could not be started; the next attempt comes not before the moment given.</summary>
/// <param name="Hash">Of the container as it was tried (see <see cref="ContainerHash"/>): a corrected one need not wait.</param>
internal sealed record StartFailure(DateTimeOffset RetryAt, string Hash);
