using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    /// <summary>Idempotent: a container that is not there is no error. One that runs is killed.</summary>
    public override async Task<RemoveContainerResponse> RemoveContainer(RemoveContainerRequest request, ServerCallContext context)
    {
        if (parts.Containers.TryFind(request.ContainerId) is { } container)
        {
            await containerRemoval.RemoveAsync(container, context.CancellationToken).ConfigureAwait(false);
        }

        return new RemoveContainerResponse();
    }
}
