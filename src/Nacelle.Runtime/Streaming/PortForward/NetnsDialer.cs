using System.Net;
using System.Net.Sockets;
using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Linux.Namespaces;

namespace Nacelle.Runtime.Streaming.PortForward;

/// <summary>
/// Connects to the loopback of a network namespace. A socket belongs for ever to the namespace it was made in, so only its
/// making needs a thread there.
/// </summary>
public static class NetnsDialer
{
    /// <summary>Tries 127.0.0.1, then ::1.</summary>
    /// <param name="netnsPath">A file that names the namespace; null for the host's.</param>
    /// <param name="port">1 to 65535.</param>
    /// <param name="cancellationToken">Ends the connecting.</param>
    /// <exception cref="IOException">Nobody listens on either, or the namespace is gone.</exception>
    public static async Task<Stream> ConnectAsync(string? netnsPath, int port, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            Socket? socket = null;
            try
            {
                socket = await OpenAsync(netnsPath, address.AddressFamily).ConfigureAwait(false);
                socket.NoDelay = true;
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception)
            {
                socket?.Dispose();
                failures.Add($"{address}: {exception.Message}");
            }
            catch
            {
                socket?.Dispose();
                throw;
            }
        }

        throw new IOException($"failed to connect to localhost:{port} inside the sandbox: {string.Join("; ", failures)}");
    }

    private static Task<Socket> OpenAsync(string? netnsPath, AddressFamily family) => netnsPath is null
        ? Task.FromResult(new Socket(family, SocketType.Stream, ProtocolType.Tcp))
        : ThreadNamespaces.RunOnOwnThread(() => OpenInside(netnsPath, family));

    private static Socket OpenInside(string netnsPath, AddressFamily family)
    {
        using var target = RootedFiles.Open(netnsPath, OpenFlags.ReadOnly);
        using var home = RootedFiles.Open("/proc/thread-self/ns/net", OpenFlags.ReadOnly);
        ThreadNamespaces.Enter(target, NamespaceKinds.Network);
        try
        {
            return new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        }
        finally
        {
            GoHome(home);
        }
    }

    /// <summary>Completing the task may start a thread of the pool, which is born in the namespace of the one that starts it.</summary>
    private static void GoHome(FileDescriptor home)
    {
        try
        {
            ThreadNamespaces.Enter(home, NamespaceKinds.Network);
        }
        catch (LinuxException exception)
        {
            Environment.FailFast("Can't return from a network namespace.", exception);
        }
    }
}
