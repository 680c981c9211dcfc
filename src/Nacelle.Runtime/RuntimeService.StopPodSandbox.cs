using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    /// <summary>Idempotent: a sandbox that is not there, or stopped already, is no error.</summary>
    public override async Task<StopPodSandboxResponse> StopPodSandbox(StopPodSandboxRequest request, ServerCallContext context)
    {
        if (parts.Sandboxes.TryFind(request.PodSandboxId) is { } sandbox)
        {
            await sandboxStop.StopAsync(sandbox, context.CancellationToken).ConfigureAwait(false);
        }

        return new StopPodSandboxResponse();
    }
}
