using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Kubelet;

/// <summary>Brings the Pods that are bound to this node to their workers.</summary>
internal static class PodSource
{
    /// <summary>Ends when the token is cancelled.</summary>
    public static async Task RunAsync(
        KubernetesApi api, PodWorkerPool pods, KubeletOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var query = new ListQuery { FieldSelector = $"spec.nodeName={options.NodeName}" };
        var reflector = new Reflector<V1Pod>(api, ResourceKinds.Pods, null, query, options.TimeProvider, logger);
        try
        {
            await foreach (var change in reflector.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                pods.Apply(change);
                if (change.Type == ReflectorEventType.Replaced)
                {
                    await EndOrphansAsync(pods, logger, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private static async Task EndOrphansAsync(PodWorkerPool pods, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await pods.EndOrphansAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Grpc.Core.RpcException e)
        {
            // The next complete list tries again; meanwhile nothing is worse than before.
            Log.OrphansNotListed(logger, e.Status.Detail);
        }
    }
}
