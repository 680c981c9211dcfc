using System.Net;
using System.Net.Sockets;

namespace Nacelle.TestSupport;

/// <summary>
/// Finds loopback TCP ports for servers that tests start, and start again: below the range from which the kernel takes the ports of outgoing connections
/// (ip_local_port_range begins at 32768 by default), so that a port stays free while its server is down for a moment.
/// </summary>
internal static class FreePort
{
    private const int First = 10000;
    private const int Last = 32767;

    private static readonly Lock Guard = new();
    private static readonly HashSet<int> Given = [];

    /// <returns>A port that nothing listens on and that this process was not given before.</returns>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last + 1);
            lock (Guard)
            {
                if (!Given.Add(port))
                {
                    continue;
                }
            }

            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody else's: try another one.
            }
        }
    }
}
