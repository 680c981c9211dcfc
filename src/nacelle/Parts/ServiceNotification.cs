using System.Net.Sockets;

namespace Nacelle.Parts;

/// <summary>Tells systemd that the service is ready (Type=notify); see sd_notify(3). Elsewhere it does nothing.</summary>
internal static class ServiceNotification
{
    public static void Ready()
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path)
        {
            return;
        }

        // A leading @ stands for an address in the abstract name space, whose first byte is zero.
        var address = path[0] == '@' ? "\0" + path[1..] : path;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.SendTo("READY=1"u8, new UnixDomainSocketEndPoint(address));
    }
}
