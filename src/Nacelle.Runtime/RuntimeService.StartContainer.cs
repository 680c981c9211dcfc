using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override async Task<StartContainerResponse> StartContainer(StartContainerRequest request, ServerCallContext context)
    {
        await containerStart.StartAsync(parts.Containers.Find(request.ContainerId), context.CancellationToken).ConfigureAwait(false);
        return new StartContainerResponse();
    }
}
