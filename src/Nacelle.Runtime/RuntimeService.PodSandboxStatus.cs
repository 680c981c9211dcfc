using Grpc.Core;
using Nacelle.Runtime.Containers;
using Nacelle.Runtime.Sandboxes;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override Task<PodSandboxStatusResponse> PodSandboxStatus(PodSandboxStatusRequest request, ServerCallContext context)
    {
        var sandbox = parts.Sandboxes.Find(request.PodSandboxId);
        var response = new PodSandboxStatusResponse { Status = SandboxStatusInfo.Status(sandbox), Timestamp = parts.Time.Nanoseconds() };
        response.ContainersStatuses.AddRange(parts.Containers.InSandbox(sandbox.Id).Select(ContainerStatusInfo.Status));
        if (request.Verbose)
        {
            SandboxStatusInfo.AddInfo(sandbox, response.Info);
        }

        return Task.FromResult(response);
    }
}
