using Runtime.V1;

namespace Nacelle.Runtime.Streaming;

/// <summary>
/// What the streaming server asks the runtime to open once a client has come to a URL. An exception's message reaches the client.
/// </summary>
public sealed record StreamingHandlers
{
    /// <summary>Starts the command in the container.</summary>
    public required Func<ExecRequest, CancellationToken, Task<ContainerStreams>> OpenExec { get; init; }

    /// <summary>Joins the streams of the container's first process.</summary>
    public required Func<AttachRequest, CancellationToken, Task<ContainerStreams>> OpenAttach { get; init; }

    /// <summary>Connects to a port (1 to 65535) on the loopback of a sandbox: (sandbox id, port).</summary>
    public required Func<string, int, CancellationToken, Task<Stream>> OpenPort { get; init; }
}
