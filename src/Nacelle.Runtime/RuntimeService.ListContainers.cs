using Google.Protobuf.Collections;
using Grpc.Core;
using Nacelle.Runtime.Containers;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override Task<ListContainersResponse> ListContainers(ListContainersRequest request, ServerCallContext context)
    {
        var response = new ListContainersResponse();
        response.Containers.AddRange(parts.Containers.All.Select(ContainerStatusInfo.Item).Where(item => Matches(item, request.Filter)));
        return Task.FromResult(response);
    }

    private static bool Matches(global::Runtime.V1.Container item, ContainerFilter? filter) =>
        filter is null
        || (item.Id.StartsWith(filter.Id, StringComparison.Ordinal)
            && item.PodSandboxId.StartsWith(filter.PodSandboxId, StringComparison.Ordinal)
            && (filter.State is null || item.State == filter.State.State)
            && MatchesLabels(item.Labels, filter.LabelSelector));

    private static bool MatchesLabels(MapField<string, string> labels, MapField<string, string> selector) =>
        selector.All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value);
}
