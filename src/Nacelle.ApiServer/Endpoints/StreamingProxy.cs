using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>
/// The connect subresources of Pods: exec, attach and portforward go on to the node API of the kubelet that has the Pod.
/// </summary>
public sealed class StreamingProxy : IDisposable
{
    private readonly StreamingForwarder forwarder;
    private readonly Func<string, CancellationToken, ValueTask<JsonObject?>> findNode;

    /// <param name="options">Gives the client certificate shown to kubelets and the authority that signs theirs.</param>
    /// <param name="findNode">A node object by name; null when there is none.</param>
    public StreamingProxy(ApiServerOptions options, Func<string, CancellationToken, ValueTask<JsonObject?>> findNode)
    {
        forwarder = new StreamingForwarder(options.KubeletClientCertificate, options.KubeletAuthority);
        this.findNode = findNode;
    }

    /// <summary>Serves one GET or POST until either side ends the stream.</summary>
    /// <param name="context">The request; its query carries the options.</param>
    /// <param name="pod">The Pod as stored.</param>
    /// <param name="subresource">"exec", "attach" or "portforward".</param>
    /// <param name="stopping">Ends the stream when the server stops.</param>
    /// <exception cref="ApiStatusException">Nothing has been answered yet: the caller answers with this.</exception>
    public async Task ForwardAsync(HttpContext context, JsonObject pod, string subresource, CancellationToken stopping)
    {
        var pathAndQuery = StreamingLocation.PathAndQuery(pod, subresource, context.Request.Query);
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
        {
            throw ApiStatusException.BadRequest("Upgrade request required");
        }

        var nodeName = StreamingLocation.NodeName(pod)!;
        var node = await findNode(nodeName, context.RequestAborted).ConfigureAwait(false)
            ?? throw ApiStatusException.NotFound("", "nodes", nodeName);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await ForwardToAnyAsync(context, StreamingLocation.Kubelets(node), pathAndQuery, nodeName, ended.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client left, or the server stops; the kubelet's side is closed.
        }
    }

    public void Dispose() => forwarder.Dispose();

    private async Task ForwardToAnyAsync(
        HttpContext context, IReadOnlyList<Uri> kubelets, string pathAndQuery, string nodeName, CancellationToken cancellationToken)
    {
        var none = $"node {nodeName} gives no address of its kubelet";
        var reason = await KubeletClient.TryEachAsync(
            context.Response, kubelets, none, kubelet => forwarder.ForwardAsync(context, new Uri(kubelet, pathAndQuery), cancellationToken)).ConfigureAwait(false);
        if (reason is not null)
        {
            throw new ApiStatusException(new ApiStatus { Code = StatusCodes.Status500InternalServerError, Message = $"error dialing backend: {reason}" });
        }
    }
}
