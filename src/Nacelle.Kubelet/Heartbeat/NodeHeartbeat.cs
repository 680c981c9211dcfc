using System.Net;
using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Kubelet.Heartbeat;

/// <summary>
/// Keeps the Node object: creates it, renews its Lease every 10 s, and writes its status when it changed, and every minute anyway
/// (KEP-589's two heartbeats; Kubernetes' own interval for an unchanged status is 5 min).
/// </summary>
/// <param name="build">Makes the Node as it is now.</param>
public sealed partial class NodeHeartbeat(
    KubernetesApi api, string nodeName, Func<CancellationToken, Task<V1Node>> build, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const string LeaseNamespace = "kube-node-lease";
    private const int LeaseSeconds = 40;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = RunAsync(_stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var delay = new ReconnectDelay(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
        string? sent = null;
        var sentAt = DateTimeOffset.MinValue;
        while (true)
        {
            var wait = Interval;
            try
            {
                var node = await build(cancellationToken).ConfigureAwait(false);
                var present = Comparable(node);
                if (present != sent || time.GetUtcNow() - sentAt >= StatusInterval)
                {
                    await WriteAsync(node, cancellationToken).ConfigureAwait(false);
                    (sent, sentAt) = (present, time.GetUtcNow());
                }

                await RenewAsync(cancellationToken).ConfigureAwait(false);
                delay.Reset();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested
                && e is ApiException or HttpRequestException or IOException or Grpc.Core.RpcException)
            {
                wait = delay.Next();
                sent = null;
                LogFailed(e.Message);
            }

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(V1Node node, CancellationToken cancellationToken)
    {
        V1Node known;
        try
        {
            known = await api.GetAsync(ResourceKinds.Nodes, null, nodeName, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Code == HttpStatusCode.NotFound)
        {
            known = await api.CreateAsync(ResourceKinds.Nodes, null, node, cancellationToken).ConfigureAwait(false);
        }

        KeepTransitions(node, known);
        var status = JsonNode.Parse(KubernetesJson.Serialize(node))!["status"]!.DeepClone();
        var patch = new JsonObject { ["status"] = status };
        await api.PatchAsync(
            ResourceKinds.Nodes, null, nodeName, PatchType.StrategicMerge, System.Text.Encoding.UTF8.GetBytes(patch.ToJsonString()),
            cancellationToken, "status").ConfigureAwait(false);
    }

    private static void KeepTransitions(V1Node node, V1Node known)
    {
        foreach (var condition in node.Status.Conditions ?? [])
        {
            var before = known.Status?.Conditions?.FirstOrDefault(c => c.Type == condition.Type);
            if (before is not null && before.Status == condition.Status)
            {
                condition.LastTransitionTime = before.LastTransitionTime;
            }
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var lease = new V1Lease
        {
            ApiVersion = "coordination.k8s.io/v1",
            Kind = "Lease",
            Metadata = new V1ObjectMeta { Name = nodeName, NamespaceProperty = LeaseNamespace },
            Spec = new V1LeaseSpec { HolderIdentity = nodeName, LeaseDurationSeconds = LeaseSeconds, RenewTime = time.GetUtcNow().UtcDateTime },
        };
        try
        {
            var known = await api.GetAsync(ResourceKinds.Leases, LeaseNamespace, nodeName, cancellationToken).ConfigureAwait(false);
            lease.Metadata = known.Metadata;
            await api.ReplaceAsync(ResourceKinds.Leases, LeaseNamespace, nodeName, lease, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Code == HttpStatusCode.NotFound)
        {
            try
            {
                await api.CreateAsync(ResourceKinds.Leases, LeaseNamespace, lease, cancellationToken).ConfigureAwait(false);
            }
            catch (ApiException refused) when (refused.Code is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
            {
                // A server without leases, or without the namespace yet: the status alone is the heartbeat.
                LogNoLease(refused.Message);
            }
        }
    }

    /// <summary>The status without its heartbeat times.</summary>
    private static string Comparable(V1Node node)
    {
        var status = JsonNode.Parse(KubernetesJson.Serialize(node))!["status"]!;
        foreach (var condition in status["conditions"] as JsonArray ?? [])
        {
            condition!.AsObject().Remove("lastHeartbeatTime");
            condition.AsObject().Remove("lastTransitionTime");
        }

        return status.ToJsonString();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "node status not written, will retry: {Error}")]
    private partial void LogFailed(string error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "no lease: {Error}")]
    private partial void LogNoLease(string error);
}
