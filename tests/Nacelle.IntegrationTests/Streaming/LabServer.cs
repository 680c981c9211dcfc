using System.Net;
using System.Net.Sockets;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>A TCP server on loopback that closes each connection when its handler has ended.</summary>
internal sealed class LabServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<NetworkStream, Task> handle;

    public LabServer(Func<NetworkStream, Task> handle)
    {
        this.handle = handle;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Accepting = AcceptAsync();
    }

    public int Port { get; }

    public Task Accepting { get; }

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await handle(client.GetStream());
            }
            catch (IOException)
            {
                // The client left.
            }
        }
    }
}
