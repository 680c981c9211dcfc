using System.Net.Sockets;

namespace Nacelle.Runtime;

/// <summary>The CRI socket's path before it is listened on.</summary>
internal static class RuntimeSocket
{
    /// <summary>The path may lie outside of the run directory: a socket that somebody answers is not taken away.</summary>
    /// <exception cref="RuntimeStartException">Somebody answers.</exception>
    public static void ThrowIfAnswered(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException failure) when (failure.SocketErrorCode != SocketError.WouldBlock)
        {
            // Left behind by one that has ended, or no socket at all.
            return;
        }

        throw new RuntimeStartException($"another program answers on {path}");
    }
}
