using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override async Task GetContainerEvents(
        GetEventsRequest request, IServerStreamWriter<ContainerEventResponse> responseStream, ServerCallContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, parts.Stopping);
        await foreach (var happened in parts.Events.SubscribeAsync(ended.Token).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(happened, ended.Token).ConfigureAwait(false);
        }
    }
}
