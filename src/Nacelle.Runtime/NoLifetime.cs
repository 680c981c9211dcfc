using Microsoft.Extensions.Hosting;

namespace Nacelle.Runtime;

/// <summary>Keeps the web host's hands off the process's signals, which belong to the executable.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
