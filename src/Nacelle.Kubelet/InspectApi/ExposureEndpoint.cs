using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Nacelle.Inspect.Exposure;
using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Client;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Exposure;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.Kubelet.InspectApi;

/// <summary><c>GET</c> of a Pod's <c>exposure</c>: what its containers can do to each other now, each answer tried.</summary>
internal static class ExposureEndpoint
{
    // Each one starts probes, which use the processor for up to seconds on a large Pod.
    private static readonly SemaphoreSlim Running = new(2);

    /// <exception cref="ApiStatusException">404: no such Pod on this node; 405.</exception>
    public static async Task HandleAsync(InspectRequest request)
    {
        if (!HttpMethods.IsGet(request.Http.Request.Method))
        {
            throw ApiStatusException.MethodNotAllowed();
        }

        V1Pod pod = request.Services.Pods.Find(request.Namespace, request.Name)
            ?? throw ApiStatusException.NotFound("", "pods", request.Name);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, request.Stopping);
        var containers = await request.Services.Containers.ListAsync([pod], ends.Token).ConfigureAwait(false);
        var running = await Task.WhenAll(new PodProcesses(request.Services.Cgroups).Read(containers)
            .Where(process => process.Container.Kind != ContainerKind.Sandbox)
            .GroupBy(process => process.Container.Name)
            .Select(group => AuditedAsync(request, group.First().Container, [.. group.Select(process => process.Process)], ends.Token))).ConfigureAwait(false);
        var spec = (JsonNode.Parse(KubernetesJson.Serialize(pod)) as JsonObject).Child("spec") ?? [];
        await Running.WaitAsync(ends.Token).ConfigureAwait(false);
        try
        {
            var findings = await LiveAudit.RunAsync(request.Name, spec, running.ToDictionary(StringComparer.Ordinal), ends.Token).ConfigureAwait(false);
            await WriteAsync(request, pod, findings).ConfigureAwait(false);
        }
        finally
        {
            Running.Release();
        }
    }

    private static async Task<KeyValuePair<string, AuditedContainer>> AuditedAsync(
        InspectRequest request, InspectedContainer container, IReadOnlyList<ObservedProcess> processes, CancellationToken cancellationToken)
    {
        var seccomp = processes.Any(process => process.Seccomp != 0)
            ? await request.Services.Containers.ReadSeccompAsync(container.Id, cancellationToken).ConfigureAwait(false)
            : null;
        return new(container.Name, new AuditedContainer([.. processes.Select(process => process.HostPid)], seccomp));
    }

    private static Task WriteAsync(InspectRequest request, V1Pod pod, IReadOnlyList<ExposureFinding> findings) => InspectEndpoints.WriteAsync(request.Http, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("kind", "PodExposure");
        writer.WriteString("apiVersion", InspectGroup.ApiVersion);
        writer.WriteStartObject("metadata");
        writer.WriteString("name", request.Name);
        writer.WriteString("namespace", request.Namespace);
        writer.WriteString("uid", pod.Metadata.Uid);
        writer.WriteEndObject();
        writer.WritePropertyName("findings");
        FindingsJson.Write(writer, findings);
        writer.WriteEndObject();
    });
}
