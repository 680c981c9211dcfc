using Grpc.Core;
using Nacelle.Runtime.Streaming;
using Runtime.V1;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>CRI's three streaming calls without the wire: they give the streaming server's URLs.</summary>
internal sealed class LabRuntimeClient(StreamingServer server, RpcException? failure) : RuntimeService.RuntimeServiceClient
{
    public override AsyncUnaryCall<ExecResponse> ExecAsync(
        ExecRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
        failure is null ? Answer(new ExecResponse { Url = server.GetExecUrl(request) }) : throw failure;

    public override AsyncUnaryCall<AttachResponse> AttachAsync(
        AttachRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
        Answer(new AttachResponse { Url = server.GetAttachUrl(request) });

    public override AsyncUnaryCall<PortForwardResponse> PortForwardAsync(
        PortForwardRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
        Answer(new PortForwardResponse { Url = server.GetPortForwardUrl(request) });

    private static AsyncUnaryCall<T> Answer<T>(T response) =>
        new(Task.FromResult(response), Task.FromResult(new Metadata()), () => Grpc.Core.Status.DefaultSuccess, () => [], () => { });
}
