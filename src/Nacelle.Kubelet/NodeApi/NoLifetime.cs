using Microsoft.Extensions.Hosting;

namespace Nacelle.Kubelet.NodeApi;

/// <summary>Signals belong to the executable, not to one of its servers.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
