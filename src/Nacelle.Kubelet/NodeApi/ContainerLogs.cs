using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.PodWorkers;

namespace Nacelle.Kubelet.NodeApi;

/// <summary>
/// <c>GET /containerLogs/{namespace}/{pod}/{container}</c>: what <c>kubectl logs</c> reads through the API server. Refusals have the
/// sentences of Kubernetes' kubelet, as plain text.
/// </summary>
internal sealed class ContainerLogs(PodWorkerPool pods, RuntimeReader reader, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var values = context.Request.RouteValues;
        var (ns, podName, name) = ((string)values["podNamespace"]!, (string)values["pod"]!, (string)values["container"]!);
        var stop = context.RequestAborted;
        if (!LogOptions.TryRead(context.Request.Query, time.GetUtcNow(), out var options, out var error))
        {
            await RefuseAsync(context, StatusCodes.Status422UnprocessableEntity, error).ConfigureAwait(false);
            return;
        }

        var pod = pods.Find(ns, podName);
        if (pod is null)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, $"pod \"{podName}\" not found").ConfigureAwait(false);
            return;
        }

        if (pod.FindContainer(name) is null)
        {
            await RefuseAsync(
                context, StatusCodes.Status404NotFound, $"container \"{name}\" not found in pod \"{podName}\"").ConfigureAwait(false);
            return;
        }

        var runtime = await reader.ReadAsync(pod.Metadata.Uid, stop).ConfigureAwait(false);
        var container = options.Previous ? runtime.FindPrevious(name) : Present(runtime, name);
        if (container is null)
        {
            var text = options.Previous
                ? $"previous terminated container \"{name}\" in pod \"{podName}\" not found"
                : $"container \"{name}\" in pod \"{podName}\" is waiting to start: {Waiting(pod, name)}";
            await RefuseAsync(context, StatusCodes.Status400BadRequest, text).ConfigureAwait(false);
            return;
        }

        await CopyAsync(context, pod, container, options).ConfigureAwait(false);
    }

    private async Task CopyAsync(HttpContext context, V1Pod pod, RuntimeContainer container, LogOptions options)
    {
        var stop = context.RequestAborted;
        var log = new LogStream(container.LogPath, options, IsRunningAsync, time);
        context.Response.ContentType = "text/plain";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            if (!File.Exists(container.LogPath))
            {
                await RefuseAsync(context, StatusCodes.Status500InternalServerError, $"the log file {container.LogPath} is missing")
                    .ConfigureAwait(false);
                return;
            }

            // The headers go at once: a follower of a silent container must know that it is connected.
            await context.Response.StartAsync(stop).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(stop).ConfigureAwait(false);
            await log.CopyToAsync(context.Response.Body, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client has left.
        }
        catch (IOException)
        {
            // The file vanished with its Pod, or the client has left; the answer just ends.
        }

        async ValueTask<bool> IsRunningAsync(CancellationToken cancellationToken)
        {
            var now = await reader.ReadAsync(pod.Metadata.Uid, cancellationToken).ConfigureAwait(false);
            return now.Containers.Any(c => c.Id == container.Id && !c.Exited);
        }
    }

    /// <summary>The newest container that has a log; one that was created but never started has none yet.</summary>
    private static RuntimeContainer? Present(RuntimePod runtime, string name) =>
        runtime.Find(name) is { Running: true } or { Exited: true } ? runtime.Find(name) : runtime.FindPrevious(name);

    private static string Waiting(V1Pod pod, string name) =>
        (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? [])
        .Concat(pod.Status?.EphemeralContainerStatuses ?? [])
        .FirstOrDefault(c => c.Name == name)?.State?.Waiting is { } waiting
            ? waiting.Reason is "ErrImagePull" or "ImagePullBackOff" or "CreateContainerConfigError" or "InvalidImageName" or "ErrImageNeverPull"
                ? Known(waiting)
                : waiting.Reason
            : "ContainerCreating";

    /// <summary>Pull errors are known by a sentence of their own.</summary>
    private static string Known(V1ContainerStateWaiting waiting) => waiting.Reason switch
    {
        "ErrImagePull" => "image can't be pulled",
        "ImagePullBackOff" => "trying and failing to pull image",
        _ => waiting.Reason,
    };

    private static Task RefuseAsync(HttpContext context, int code, string text)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
