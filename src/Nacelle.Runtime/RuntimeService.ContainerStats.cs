using Grpc.Core;
using Nacelle.Runtime.Containers;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override Task<ContainerStatsResponse> ContainerStats(ContainerStatsRequest request, ServerCallContext context) =>
        Task.FromResult(new ContainerStatsResponse { Stats = ContainerUsage.Read(parts, parts.Containers.Find(request.ContainerId)) });

    /// <summary>Of containers that run.</summary>
    public override Task<ListContainerStatsResponse> ListContainerStats(ListContainerStatsRequest request, ServerCallContext context)
    {
        var response = new ListContainerStatsResponse();
        var filter = request.Filter ?? new ContainerStatsFilter();
        response.Stats.AddRange(parts.Containers.All
            .Where(container => container.Record.Phase == ContainerPhase.Running
                && container.Id.StartsWith(filter.Id, StringComparison.Ordinal)
                && container.Record.SandboxId.StartsWith(filter.PodSandboxId, StringComparison.Ordinal)
                && MatchesLabels(container.Config.Labels, filter.LabelSelector))
            .Select(container => ContainerUsage.Read(parts, container)));
        return Task.FromResult(response);
    }
}
