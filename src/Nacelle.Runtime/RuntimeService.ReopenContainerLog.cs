using Grpc.Core;
using Nacelle.Runtime.Containers;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override Task<ReopenContainerLogResponse> ReopenContainerLog(ReopenContainerLogRequest request, ServerCallContext context)
    {
        var container = parts.Containers.Find(request.ContainerId);
        if (container.Record.Phase != ContainerPhase.Running)
        {
            throw new RuntimeException(FailureKind.FailedPrecondition, $"container {container.Id} is not running");
        }

        parts.Conmon.ReopenLog(container.Id);
        return Task.FromResult(new ReopenContainerLogResponse());
    }
}
