using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Controllers.Nodes;

/// <summary>Keeps the taints of each node as <see cref="NodeTaints"/> says. A patch that lost a race is dropped: the change that won comes through the watch.</summary>
public sealed partial class NodeTaintController(KubernetesApi api, TimeProvider time, ILogger logger)
{
    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var nodes = new Reflector<V1Node>(api, ResourceKinds.Nodes, null, new ListQuery(), time, logger);
        await foreach (var change in nodes.RunAsync(cancellationToken))
        {
            if (change.Type == ReflectorEventType.Deleted)
            {
                continue;
            }

            foreach (var node in change.Objects)
            {
                if (NodeTaints.Missing(node) is { } taints)
                {
                    await PatchAsync(node, taints, cancellationToken);
                }
            }
        }
    }

    private async Task PatchAsync(V1Node node, IReadOnlyList<V1Taint> taints, CancellationToken cancellationToken)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = node.Metadata.ResourceVersion },
            ["spec"] = new JsonObject
            {
                ["taints"] = taints.Count == 0 ? null : new JsonArray([.. taints.Select(Write)]),
            },
        };
        try
        {
            await api.PatchAsync(
                ResourceKinds.Nodes, null, node.Metadata.Name, PatchType.Merge, Encoding.UTF8.GetBytes(patch.ToJsonString()), cancellationToken);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException)
        {
            LogFailed(node.Metadata.Name, e.Message);
        }
    }

    private static JsonNode Write(V1Taint taint)
        => JsonNode.Parse(KubernetesJson.Serialize(taint))!;

    [LoggerMessage(Level = LogLevel.Warning, Message = "taints of node {Name} not changed: {Error}")]
    private partial void LogFailed(string name, string error);
}
