using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override async Task<RunPodSandboxResponse> RunPodSandbox(RunPodSandboxRequest request, ServerCallContext context)
    {
        var sandbox = await sandboxRun.RunAsync(request.Config, request.RuntimeHandler, context.CancellationToken).ConfigureAwait(false);
        parts.Events.Publish(sandbox, ContainerEventType.ContainerCreatedEvent);
        parts.Events.Publish(sandbox, ContainerEventType.ContainerStartedEvent);
        return new RunPodSandboxResponse { PodSandboxId = sandbox.Id };
    }
}
