using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    /// <summary>A cluster's node controller assigns Pod CIDRs this way; here the network's range is a setting, so there is nothing to take over.</summary>
    public override Task<UpdateRuntimeConfigResponse> UpdateRuntimeConfig(UpdateRuntimeConfigRequest request, ServerCallContext context) =>
        Task.FromResult(new UpdateRuntimeConfigResponse());
}
