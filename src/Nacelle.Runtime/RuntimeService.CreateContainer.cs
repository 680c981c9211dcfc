using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override async Task<CreateContainerResponse> CreateContainer(CreateContainerRequest request, ServerCallContext context)
    {
        var sandbox = parts.Sandboxes.Find(request.PodSandboxId);
        var container = await containerCreate.CreateAsync(sandbox, request, context.CancellationToken).ConfigureAwait(false);
        return new CreateContainerResponse { ContainerId = container.Id };
    }
}
