using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    /// <summary>Idempotent: a sandbox that is not there is no error. What still runs in it is killed.</summary>
    public override async Task<RemovePodSandboxResponse> RemovePodSandbox(RemovePodSandboxRequest request, ServerCallContext context)
    {
        if (parts.Sandboxes.TryFind(request.PodSandboxId) is { } sandbox)
        {
            await sandboxStop.RemoveAsync(sandbox, context.CancellationToken).ConfigureAwait(false);
        }

        return new RemovePodSandboxResponse();
    }
}
