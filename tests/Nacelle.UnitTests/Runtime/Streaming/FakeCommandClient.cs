using System.IO.Pipelines;
using System.Text;
using Nacelle.Runtime.Streaming.RemoteCommand;

namespace Nacelle.UnitTests.Runtime.Streaming;

/// <summary>A client that a test plays: notes what it is sent, in order.</summary>
internal sealed class FakeCommandClient : IRemoteCommandClient
{
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pipe stdin = new();
    private readonly Pipe resize = new();

    public PipeReader Stdin => stdin.Reader;

    public PipeReader Resize => resize.Reader;

    public Task Gone => gone.Task;

    public PipeWriter Typing => stdin.Writer;

    public PipeWriter Resizing => resize.Writer;

    public List<string> Sent { get; } = [];

    /// <summary>Whether it takes output; otherwise each write fails.</summary>
    public bool Reads { get; set; } = true;

    public void HangUp() => gone.TrySetResult();

    public ValueTask WriteAsync(RemoteCommandChannel channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (!Reads)
        {
            return ValueTask.FromException(new IOException("closed"));
        }

        Note($"{channel}: {Encoding.UTF8.GetString(data.Span)}");
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteStatusAsync(RemoteCommandStatus status, CancellationToken cancellationToken)
    {
        Note($"status: {status.Status} {status.Details?.Causes[0].Message}".TrimEnd());
        return ValueTask.CompletedTask;
    }

    public Task CloseAsync(CancellationToken cancellationToken)
    {
        Note("close");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Note(string text)
    {
        lock (Sent)
        {
            Sent.Add(text);
        }
    }
}
