using Grpc.Core;
using Nacelle.Runtime.Sandboxes;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override Task<ListPodSandboxResponse> ListPodSandbox(ListPodSandboxRequest request, ServerCallContext context)
    {
        var response = new ListPodSandboxResponse();
        response.Items.AddRange(parts.Sandboxes.All.Select(SandboxStatusInfo.Item).Where(item => Matches(item, request.Filter)));
        return Task.FromResult(response);
    }

    private static bool Matches(PodSandbox item, PodSandboxFilter? filter) =>
        filter is null
        || (item.Id.StartsWith(filter.Id, StringComparison.Ordinal)
            && (filter.State is null || item.State == filter.State.State)
            && MatchesLabels(item.Labels, filter.LabelSelector));
}
