using Google.Protobuf;
using Grpc.Core;
using Nacelle.Runtime.Containers;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    /// <summary>Runs a command to its end; <c>timeout</c> is in seconds, 0 for none. Each stream's first 16 MiB are answered.</summary>
    public override async Task<ExecSyncResponse> ExecSync(ExecSyncRequest request, ServerCallContext context)
    {
        var container = parts.Containers.Find(request.ContainerId);
        var timeout = request.Timeout > 0 ? TimeSpan.FromSeconds(Math.Min(request.Timeout, 4_000_000)) : (TimeSpan?)null;
        var result = await containerExec.RunAsync(container, [.. request.Cmd], timeout, context.CancellationToken).ConfigureAwait(false);
        return new ExecSyncResponse
        {
            Stdout = UnsafeByteOperations.UnsafeWrap(result.Output),
            Stderr = UnsafeByteOperations.UnsafeWrap(result.Error),
            ExitCode = result.ExitCode,
        };
    }
}
