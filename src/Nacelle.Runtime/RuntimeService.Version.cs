using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override Task<VersionResponse> Version(VersionRequest request, ServerCallContext context) => Task.FromResult(new VersionResponse
    {
        // The version of the kubelet's own API; the field is fixed.
        Version = "0.1.0",
        RuntimeName = "nacelle",
        RuntimeVersion = parts.Options.Version,
        RuntimeApiVersion = "v1",
    });
}
