using System.Net;
using System.Net.Sockets;
using Nacelle.Linux.Namespaces;
using Xunit;

namespace Nacelle.IntegrationTests.Networking;

/// <summary>A namespace that stands for a sandbox, with sockets inside it.</summary>
internal sealed record TestPod(string SandboxId, string Path, IPAddress Address)
{
    /// <summary>Listens inside the namespace.</summary>
    public TcpListener Serve(int port) => Serve(Path, port);

    public static TcpListener Serve(string path, int port) => NetworkNamespace.Run(path, () =>
    {
        var listener = new TcpListener(IPAddress.Any, port);
        listener.Start();
        return listener;
    });

    /// <summary>The address that the listener saw when this namespace (null: the host) connected to the end point.</summary>
    public static async Task<IPAddress> ConnectAsync(TcpListener listener, string? fromPath, IPAddress address, int port)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(3));
        using var socket = fromPath is null ? NewSocket() : NetworkNamespace.Run(fromPath, NewSocket);
        var accepting = listener.AcceptSocketAsync(limit.Token);
        await socket.ConnectAsync(new IPEndPoint(address, port), limit.Token);
        using var accepted = await accepting;
        await socket.SendAsync("x"u8.ToArray(), limit.Token);
        Assert.Equal(1, await accepted.ReceiveAsync(new byte[1], limit.Token));
        return ((IPEndPoint)accepted.RemoteEndPoint!).Address;
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
