using System.IO.Pipelines;

namespace Nacelle.Runtime.Streaming.RemoteCommand;

/// <summary>The client's side of one exec or attach, whichever wire protocol it speaks.</summary>
internal interface IRemoteCommandClient : IAsyncDisposable
{
    /// <summary>What the client types; completed by its half-close and when it leaves. Null when not asked for.</summary>
    PipeReader? Stdin { get; }

    /// <summary>The client's terminal sizes as JSON values, one after the other. Null without a terminal.</summary>
    PipeReader? Resize { get; }

    /// <summary>Completes, never faults, when the client has hung up or is lost.</summary>
    Task Gone { get; }

    /// <summary>Sends output; waits while the client does not read. Throws IOException when the client is gone.</summary>
    ValueTask WriteAsync(RemoteCommandChannel channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Sends how it ended, once, after all output.</summary>
    ValueTask WriteStatusAsync(RemoteCommandStatus status, CancellationToken cancellationToken);

    /// <summary>Says that nothing more comes and waits, for a bounded time, until the client hangs up:
    /// closing first while it still sends would reset the connection and lose output on its way.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}
