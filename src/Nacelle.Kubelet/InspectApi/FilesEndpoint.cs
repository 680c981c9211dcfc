using k8s.Models;
using Microsoft.AspNetCore.Http;
using Nacelle.Inspect.Processes;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.Kubelet.InspectApi;

/// <summary><c>GET</c> of a Pod's <c>files</c>: those of one container, beneath the root of its first process.</summary>
internal static class FilesEndpoint
{
    /// <exception cref="ApiStatusException">The file is not shown or read; the answer may have begun.</exception>
    public static async Task HandleAsync(InspectRequest request)
    {
        var query = FilesQuery.Read(request.Http.Request.Query);
        var pod = request.Services.Pods.Find(request.Namespace, request.Name) ?? throw ApiStatusException.NotFound("", "pods", request.Name);
        var name = Container(pod, query.Container);
        var containers = await request.Services.Containers.ListAsync([pod], request.Aborted).ConfigureAwait(false);
        var container = containers.FirstOrDefault(c => c.Kind != ContainerKind.Sandbox && c.Name == name) ?? throw new ApiStatusException(new ApiStatus
        {
            Code = StatusCodes.Status410Gone,
            Reason = StatusReason.Gone,
            Message = $"container {name} in pod {request.Name} has no running process, and its files can't be reached",
        });
        using var ends = request.Stopping.UnsafeRegister(static http => ((HttpContext)http!).Abort(), request.Http);
        await FilesAnswer.WriteAsync(request.Http, query, container.MainPid, container.MainStartTicks).ConfigureAwait(false);
    }

    /// <summary>The container that is meant, in the words of <c>kubectl logs</c> where none is.</summary>
    private static string Container(V1Pod pod, string? asked)
    {
        if (asked is not null)
        {
            return pod.FindContainer(asked) is not null
                ? asked
                : throw ApiStatusException.BadRequest($"container {asked} is not valid for pod {pod.Metadata.Name}");
        }

        return pod.Spec.Containers is [var only]
            ? only.Name
            : throw ApiStatusException.BadRequest(
                $"a container name must be specified for pod {pod.Metadata.Name}, choose one of: [{string.Join(' ', pod.Spec.Containers.Select(c => c.Name))}]");
    }
}
