using Grpc.Core;
using Nacelle.Runtime.Containers;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override Task<ContainerStatusResponse> ContainerStatus(ContainerStatusRequest request, ServerCallContext context)
    {
        var container = parts.Containers.Find(request.ContainerId);
        var response = new ContainerStatusResponse { Status = ContainerStatusInfo.Status(container) };
        if (request.Verbose)
        {
            ContainerStatusInfo.AddInfo(container, parts.Directories.Specification(container.Id), response.Info);
        }

        return Task.FromResult(response);
    }
}
