using Grpc.Core;
using Nacelle.Runtime.Sandboxes;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    public override Task<PodSandboxStatsResponse> PodSandboxStats(PodSandboxStatsRequest request, ServerCallContext context) =>
        Task.FromResult(new PodSandboxStatsResponse { Stats = SandboxUsage.Read(parts, parts.Sandboxes.Find(request.PodSandboxId)) });

    /// <summary>Of sandboxes that run.</summary>
    public override Task<ListPodSandboxStatsResponse> ListPodSandboxStats(ListPodSandboxStatsRequest request, ServerCallContext context)
    {
        var response = new ListPodSandboxStatsResponse();
        var filter = request.Filter ?? new PodSandboxStatsFilter();
        response.Stats.AddRange(parts.Sandboxes.All
            .Where(sandbox => sandbox.IsReady
                && sandbox.Id.StartsWith(filter.Id, StringComparison.Ordinal)
                && MatchesLabels(sandbox.Config.Labels, filter.LabelSelector))
            .Select(sandbox => SandboxUsage.Read(parts, sandbox)));
        return Task.FromResult(response);
    }
}
