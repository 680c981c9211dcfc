using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using Nacelle.Runtime.Streaming;

namespace Nacelle.Runtime;

/// <summary>The one border where this room's exceptions become gRPC statuses.</summary>
internal sealed class ErrorInterceptor(ILogger<ErrorInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Translate(exception, context);
        }
    }

    private RpcException Translate(Exception exception, ServerCallContext context)
    {
        var code = exception switch
        {
            RuntimeException failure => failure.Kind switch
            {
                FailureKind.NotFound => StatusCode.NotFound,
                FailureKind.InvalidArgument => StatusCode.InvalidArgument,
                FailureKind.FailedPrecondition => StatusCode.FailedPrecondition,
                FailureKind.DeadlineExceeded => StatusCode.DeadlineExceeded,
                FailureKind.Unimplemented => StatusCode.Unimplemented,
                _ => StatusCode.Unknown,
            },
            StreamingBusyException => StatusCode.ResourceExhausted,
            OperationCanceledException => context.CancellationToken.IsCancellationRequested ? StatusCode.Cancelled : StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        if (code == StatusCode.Unknown)
        {
            RuntimeLog.CallFailed(logger, context.Method, code, exception);
        }
        else
        {
            // The client's own doing, or its usual way to ask whether something is there.
            RuntimeLog.CallRefused(logger, context.Method, code, exception.Message);
        }

        return new RpcException(new Status(code, exception.Message, exception));
    }
}
