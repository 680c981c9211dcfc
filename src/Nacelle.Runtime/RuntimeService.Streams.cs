using Grpc.Core;
using Nacelle.Runtime.Containers;
using Nacelle.Runtime.Sandboxes;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    // The streamed lists answer in parts what the plain ones answer at once, for nodes with very many objects.
    private const int ObjectsInOneMessage = 100;

    public override async Task StreamPodSandboxes(
        StreamPodSandboxesRequest request, IServerStreamWriter<StreamPodSandboxesResponse> responseStream, ServerCallContext context)
    {
        foreach (var items in parts.Sandboxes.All.Select(SandboxStatusInfo.Item).Where(item => Matches(item, request.Filter)).Chunk(ObjectsInOneMessage))
        {
            var response = new StreamPodSandboxesResponse();
            response.PodSandboxes.AddRange(items);
            await responseStream.WriteAsync(response, context.CancellationToken).ConfigureAwait(false);
        }
    }

    public override async Task StreamContainers(
        StreamContainersRequest request, IServerStreamWriter<StreamContainersResponse> responseStream, ServerCallContext context)
    {
        foreach (var items in parts.Containers.All.Select(ContainerStatusInfo.Item).Where(item => Matches(item, request.Filter)).Chunk(ObjectsInOneMessage))
        {
            var response = new StreamContainersResponse();
            response.Containers.AddRange(items);
            await responseStream.WriteAsync(response, context.CancellationToken).ConfigureAwait(false);
        }
    }
}
