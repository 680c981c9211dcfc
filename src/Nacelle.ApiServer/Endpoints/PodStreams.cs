using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>What goes on to the kubelet that has the Pod: its logs, and the streams of exec, attach and port-forward.</summary>
internal sealed class PodStreams : IDisposable
{
    private readonly ApiServices services;
    private readonly StreamingProxy proxy;
    private readonly KubeletLogs logs;

    public PodStreams(ApiServices services)
    {
        this.services = services;
        proxy = new StreamingProxy(services.Options, (name, _) => ValueTask.FromResult(FindNode(name)));
        logs = new KubeletLogs(services.Options);
    }

    public Task ConnectAsync(ApiRequest request, string subresource) =>
        proxy.ForwardAsync(request.Http, FindPod(request), subresource, services.Stopping);

    public async Task LogAsync(ApiRequest request)
    {
        JsonObject pod = FindPod(request);
        string pathAndQuery = LogLocation.PathAndQuery(pod, request.Http.Request.Query);
        if (StreamingLocation.NodeName(pod) is not { } nodeName)
        {
            // Nothing has run, so nothing was logged.
            request.Http.Response.ContentType = "text/plain";
            return;
        }

        JsonObject node = FindNode(nodeName) ?? throw ApiStatusException.NotFound("", "nodes", nodeName);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, services.Stopping);
        await logs.CopyAsync(request, StreamingLocation.Kubelets(node), pathAndQuery, nodeName, ends.Token).ConfigureAwait(false);
    }

    public void Dispose()
    {
        proxy.Dispose();
        logs.Dispose();
    }

    private JsonObject FindPod(ApiRequest request)
    {
        StoredObject stored = services.Store.Get(request.Type.StorageKind, request.Path.Key)
            ?? throw ApiStatusException.NotFound(request.Type.Group, request.Type.Plural, request.Name);
        return StorageForm.Read(request.Type, stored.Json);
    }

    private JsonObject? FindNode(string name) =>
        services.Store.Get("nodes", name) is { } stored ? StoredJson.Decode(stored.Json, "Node", "v1") : null;
}
