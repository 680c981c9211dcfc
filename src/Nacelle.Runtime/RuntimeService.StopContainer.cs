using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    /// <summary>Idempotent: a container that is not there, or does not run, is no error. <c>timeout</c> is the grace in seconds.</summary>
    public override async Task<StopContainerResponse> StopContainer(StopContainerRequest request, ServerCallContext context)
    {
        if (parts.Containers.TryFind(request.ContainerId) is { } container)
        {
            // 49 days are what a timer can wait for, and more than any grace.
            var grace = TimeSpan.FromSeconds(Math.Clamp(request.Timeout, 0, 4_000_000));
            await containerStop.StopAsync(container, grace, context.CancellationToken).ConfigureAwait(false);
        }

        return new StopContainerResponse();
    }
}
