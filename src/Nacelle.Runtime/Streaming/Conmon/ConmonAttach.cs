using System.Net.Sockets;
using Nacelle.Linux.Files;

namespace Nacelle.Runtime.Streaming.Conmon;

/// <summary>
/// Joins the standard streams of a running container through conmon's attach socket (SOCK_SEQPACKET at BUNDLE/attach, made by
/// conmon's --full-attach), and sets its terminal's size.
/// </summary>
public static class ConmonAttach
{
    private const int LongestSocketPath = 107;

    /// <summary>Opens the streams that the request asks for. Disposing them detaches and leaves the container alone; closing stdin
    /// closes the container's only where conmon was started without --leave-stdin-open (stdinOnce).</summary>
    /// <param name="bundleDirectory">conmon's -b.</param>
    /// <param name="streams">Which streams the client asks for, and whether the container has a terminal.</param>
    /// <param name="exit">Completes with the container's exit code.</param>
    /// <param name="cancellationToken">Ends the connecting.</param>
    /// <exception cref="IOException">Nobody listens: the container has ended, or conmon is gone.</exception>
    public static async Task<ContainerStreams> OpenAsync(
        string bundleDirectory, ConmonAttachStreams streams, Task<int> exit, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            await ConnectAsync(socket, bundleDirectory, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new IOException($"the container's attach socket does not answer: {exception.Message}", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var connection = new ConmonAttachConnection(socket, streams);
        return new ContainerStreams
        {
            Stdin = connection.Stdin,
            Stdout = connection.Stdout,
            Stderr = connection.Stderr,
            Resize = streams.Tty ? (size, _) => Resize(bundleDirectory, size) : null,
            Exit = exit,
            Release = connection.DisposeAsync,
        };
    }

    /// <summary>
    /// Tells conmon the terminal's size. Throws IOException when conmon is gone. The documented way is a line to BUNDLE/ctl, which conmon passes
    /// on to its own BUNDLE/winsz; of several lines in one read conmon 2.1.6 takes the first for each, so that of the two sizes that kubectl
    /// attach sends at once the second, right one would be lost. Packets to the second file, one line each, are read one by one.
    /// </summary>
    private static ValueTask Resize(string bundleDirectory, TerminalSize size)
    {
        // Without O_NONBLOCK the open would wait for a reader that has ended.
        using var control = RootedFiles.Open(Path.Combine(bundleDirectory, "winsz"), OpenFlags.WriteOnly | OpenFlags.NonBlocking);
        PacketPipe.Enable(control, nonBlocking: true);
        Span<byte> message = stackalloc byte[16];
        System.Text.Unicode.Utf8.TryWrite(message, $"{size.Rows} {size.Columns}\n", out var length);
        control.Write(message[..length]);
        return ValueTask.CompletedTask;
    }

    private static async Task ConnectAsync(Socket socket, string bundleDirectory, CancellationToken cancellationToken)
    {
        var path = Path.Combine(bundleDirectory, "attach");
        if (System.Text.Encoding.UTF8.GetByteCount(path) <= LongestSocketPath)
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return;
        }

        // A socket's address holds 108 bytes; an open directory has a short name.
        using var directory = RootedFiles.OpenDirectory(bundleDirectory);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint($"/proc/self/fd/{directory.Number}/attach"), cancellationToken).ConfigureAwait(false);
    }
}
