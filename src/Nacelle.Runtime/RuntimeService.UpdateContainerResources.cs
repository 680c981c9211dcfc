using Google.Protobuf;
using Grpc.Core;
using Nacelle.Runtime.Containers;
using Nacelle.Runtime.Oci;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    /// <summary>Fields that are 0 or empty stay as they are (CRI). A container that is only created gets the limits when it starts.</summary>
    public override async Task<UpdateContainerResourcesResponse> UpdateContainerResources(UpdateContainerResourcesRequest request, ServerCallContext context)
    {
        var container = parts.Containers.Find(request.ContainerId);
        if (request.Linux is null)
        {
            return new UpdateContainerResourcesResponse();
        }

        await container.Gate.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        try
        {
            if (container.Record.Phase == ContainerPhase.Exited)
            {
                throw new RuntimeException(FailureKind.FailedPrecondition, $"container {container.Id} has ended");
            }

            if (container.Record.Phase == ContainerPhase.Running)
            {
                parts.Cgroups.Open(container.Record.CgroupPath).Apply(OciResourceLimits.ToCgroup(request.Linux));
            }

            var merged = container.Resources?.Clone() ?? new LinuxContainerResources();

            // Protobuf's merge leaves alone what is 0 or empty, which is what CRI means; page sizes are replaced, not appended.
            if (request.Linux.HugepageLimits.Count > 0)
            {
                merged.HugepageLimits.Clear();
            }

            merged.MergeFrom(request.Linux);
            parts.Containers.Save(container, container.Record with { Resources = merged.ToByteArray() });
        }
        finally
        {
            container.Gate.Release();
        }

        return new UpdateContainerResourcesResponse();
    }
}
