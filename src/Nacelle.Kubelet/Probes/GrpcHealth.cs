using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using k8s.Models;

namespace Nacelle.Kubelet.Probes;

/// <summary>The one call of gRPC's health checking protocol (<c>grpc.health.v1.Health/Check</c>): a name in, a state out.</summary>
internal static class GrpcHealth
{
    private const int Serving = 1;

    private static readonly Method<string, byte[]> Check = new(
        MethodType.Unary,
        "grpc.health.v1.Health",
        "Check",
        Marshallers.Create<string>(Write, Encoding.UTF8.GetString),
        Marshallers.Create(bytes => bytes, bytes => bytes));

    public static async Task<ActionOutcome> CheckAsync(
        V1GRPCAction action, ContainerTarget target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var host = target.Address.Contains(':', StringComparison.Ordinal) ? $"[{target.Address}]" : target.Address;
        using var channel = GrpcChannel.ForAddress(
            $"http://{host}:{action.Port}", new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { UseProxy = false }, DisposeHttpClient = true });
        try
        {
            using var call = channel.CreateCallInvoker().AsyncUnaryCall(
                Check, null, new CallOptions(deadline: DateTime.UtcNow + timeout, cancellationToken: cancellationToken), action.Service ?? "");
            var state = Read(await call.ConfigureAwait(false));
            return state == Serving
                ? ActionOutcome.Good
                : ActionOutcome.Bad($"service unhealthy (responded with \"{(state == 2 ? "NOT_SERVING" : "UNKNOWN")}\")");
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            return ActionOutcome.Bad(e.StatusCode switch
            {
                StatusCode.Unimplemented => "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): " + e.Status.Detail,
                StatusCode.DeadlineExceeded => $"timeout: health rpc did not complete within {timeout.TotalSeconds:0}s",
                _ => $"error: health rpc probe failed: {e.Status.Detail}",
            });
        }
    }

    private static byte[] Write(string service)
    {
        if (service.Length == 0)
        {
            return [];
        }

        var text = Encoding.UTF8.GetBytes(service);
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(text));
        }

        return stream.ToArray();
    }

    private static int Read(byte[] message)
    {
        using var input = new CodedInputStream(message);
        var status = 0;
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == 1)
            {
                status = input.ReadEnum();
            }
            else
            {
                input.SkipLastField();
            }
        }

        return status;
    }
}
