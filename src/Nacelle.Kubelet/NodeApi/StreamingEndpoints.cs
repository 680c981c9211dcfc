using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Runtime.V1;

namespace Nacelle.Kubelet.NodeApi;

/// <summary>
/// The node API's exec, attach and portForward, with the paths, parameters and answers of the reference kubelet: each asks
/// the runtime for a URL and passes the client's upgrade on to it.
/// </summary>
public static class StreamingEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post];

    /// <param name="endpoints">The node API; who may call it is decided before.</param>
    /// <param name="resolver">Finds containers and sandboxes.</param>
    /// <param name="runtime">CRI.</param>
    /// <param name="stopping">Ends the streams under way.</param>
    public static void Map(
        IEndpointRouteBuilder endpoints, StreamingResolver resolver, RuntimeService.RuntimeServiceClient runtime, CancellationToken stopping)
    {
        foreach (var pod in new[] { "{podNamespace}/{pod}", "{podNamespace}/{pod}/{uid}" })
        {
            MapOne(endpoints, $"/exec/{pod}/{{container}}", resolver, (request, id, token) => ExecAsync(runtime, request, id, token), stopping);
            MapOne(endpoints, $"/attach/{pod}/{{container}}", resolver, (request, id, token) => AttachAsync(runtime, request, id, token), stopping);
            MapOne(endpoints, $"/portForward/{pod}", resolver, (request, id, token) => PortForwardAsync(runtime, request, id, token), stopping);
        }
    }

    private static void MapOne(
        IEndpointRouteBuilder endpoints,
        string pattern,
        StreamingResolver resolver,
        Func<HttpRequest, string, CancellationToken, Task<string?>> open,
        CancellationToken stopping) =>
        endpoints.MapMethods(pattern, Methods, (RequestDelegate)(context => HandleAsync(context, resolver, open, stopping)));

    private static async Task HandleAsync(
        HttpContext context, StreamingResolver resolver, Func<HttpRequest, string, CancellationToken, Task<string?>> open, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            var values = context.Request.RouteValues;
            var container = values["container"] as string;
            var target = await resolver(
                (string)values["podNamespace"]!, (string)values["pod"]!, values["uid"] as string, container, ended.Token).ConfigureAwait(false);
            if (target.Id is null)
            {
                await RefuseAsync(context, target.PodFound, container).ConfigureAwait(false);
            }
            else if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
            {
                await AnswerAsync(context, StatusCodes.Status400BadRequest, "Upgrade request required").ConfigureAwait(false);
            }
            else if (await open(context.Request, target.Id, ended.Token).ConfigureAwait(false) is { } url)
            {
                await StreamingForwarder.ForwardAsync(context, new Uri(url), ended.Token).ConfigureAwait(false);
            }
            else
            {
                await AnswerAsync(context, StatusCodes.Status400BadRequest, "you must specify at least 1 of stdin, stdout, stderr").ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // The client left, or the kubelet stops.
        }
        catch (RpcException exception)
        {
            await AnswerAsync(context, HttpStatusOf(exception.StatusCode), exception.Status.Detail).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, $"error dialing the runtime's streaming server: {exception.Message}")
                .ConfigureAwait(false);
        }
    }

    private static async Task<string?> ExecAsync(
        RuntimeService.RuntimeServiceClient runtime, HttpRequest request, string containerId, CancellationToken cancellationToken)
    {
        if (StreamingFlags.Read(request.Query) is not { } options)
        {
            return null;
        }

        var message = new ExecRequest
        {
            ContainerId = containerId,
            Stdin = options.Stdin,
            Stdout = options.Stdout,
            Stderr = options.Stderr,
            Tty = options.Tty,
        };
        message.Cmd.AddRange(request.Query["command"].Select(word => word ?? ""));
        return (await runtime.ExecAsync(message, cancellationToken: cancellationToken).ConfigureAwait(false)).Url;
    }

    private static async Task<string?> AttachAsync(
        RuntimeService.RuntimeServiceClient runtime, HttpRequest request, string containerId, CancellationToken cancellationToken)
    {
        if (StreamingFlags.Read(request.Query) is not { } options)
        {
            return null;
        }

        var message = new AttachRequest
        {
            ContainerId = containerId,
            Stdin = options.Stdin,
            Stdout = options.Stdout,
            Stderr = options.Stderr,
            Tty = options.Tty,
        };
        return (await runtime.AttachAsync(message, cancellationToken: cancellationToken).ConfigureAwait(false)).Url;
    }

    private static async Task<string?> PortForwardAsync(
        RuntimeService.RuntimeServiceClient runtime, HttpRequest request, string sandboxId, CancellationToken cancellationToken)
    {
        var message = new PortForwardRequest { PodSandboxId = sandboxId };
        foreach (var text in request.Query["port"].SelectMany(value => (value ?? "").Split(',')))
        {
            if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            {
                message.Port.Add(port);
            }
        }

        return (await runtime.PortForwardAsync(message, cancellationToken: cancellationToken).ConfigureAwait(false)).Url;
    }

    private static Task RefuseAsync(HttpContext context, bool podFound, string? container) => (podFound, container) switch
    {
        (false, _) => AnswerAsync(context, StatusCodes.Status404NotFound, "pod does not exist"),
        (true, null) => AnswerAsync(context, StatusCodes.Status500InternalServerError, "pod sandbox not found"),
        _ => AnswerAsync(context, StatusCodes.Status500InternalServerError, $"container not found (\"{container}\")"),
    };

    private static async Task AnswerAsync(HttpContext context, int status, string message)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(message, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static int HttpStatusOf(StatusCode code) => code switch
    {
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status500InternalServerError,
    };
}
