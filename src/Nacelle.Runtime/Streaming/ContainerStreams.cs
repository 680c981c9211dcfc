namespace Nacelle.Runtime.Streaming;

/// <summary>
/// The container's side of one exec or attach: who opens it, exec or conmon's attach socket, hides behind the streams.
/// A stream that was not asked for is null. The owner disposes it once, whether the process has ended or not.
/// </summary>
public sealed record ContainerStreams : IAsyncDisposable
{
    /// <summary>Written by the client; disposing it is end of file for the process (for attach only where stdinOnce says so).</summary>
    public Stream? Stdin { get; init; }

    /// <summary>Read until 0 bytes, which means that no process holds the other end any more.</summary>
    public Stream? Stdout { get; init; }

    /// <summary>As <see cref="Stdout"/>; always null with a terminal, which has one output only.</summary>
    public Stream? Stderr { get; init; }

    /// <summary>Sets the terminal's size; null where there is no terminal. Throws IOException when the terminal is gone.</summary>
    public Func<TerminalSize, CancellationToken, ValueTask>? Resize { get; init; }

    /// <summary>The exit code, 0 to 255, of the process that exec started, or of the attached container.</summary>
    public required Task<int> Exit { get; init; }

    /// <summary>Run by <see cref="DisposeAsync"/> after the streams are closed: whatever else the opener must give back.</summary>
    public Func<ValueTask>? Release { get; init; }

    /// <summary>Closes the streams. What happens to the process is the opener's promise: attach leaves it alone,
    /// exec's process sees its standard input end and its output break.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var stream in new[] { Stdin, Stdout, Stderr })
        {
            if (stream is not null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }

        if (Release is not null)
        {
            await Release().ConfigureAwait(false);
        }
    }
}
