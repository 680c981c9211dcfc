using System.Net.Sockets;
using Grpc.Net.Client;
using Runtime.V1;

namespace Nacelle.Kubelet.Cri;

/// <summary>A connection to any CRI v1 runtime on a unix socket. Calls fail with <see cref="Grpc.Core.RpcException"/>.</summary>
public sealed class CriClient : IDisposable
{
    /// <summary>CRI's messages are unbounded lists; this is what the kubelet of Kubernetes accepts too.</summary>
    private const int MaximumMessageBytes = 16 * 1024 * 1024;

    private readonly GrpcChannel _channel;

    /// <param name="socketPath">Path of the runtime's socket; it is opened by the first call.</param>
    public CriClient(string socketPath)
    {
        var endpoint = new UnixDomainSocketEndPoint(socketPath);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaximumMessageBytes,
        });
        Runtime = new RuntimeService.RuntimeServiceClient(_channel);
        Images = new ImageService.ImageServiceClient(_channel);
    }

    public RuntimeService.RuntimeServiceClient Runtime { get; }

    public ImageService.ImageServiceClient Images { get; }

    public void Dispose() => _channel.Dispose();
}
