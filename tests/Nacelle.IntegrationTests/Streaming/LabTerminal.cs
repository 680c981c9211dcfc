using System.IO.Pipelines;
using Nacelle.Runtime.Streaming;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>A container in memory that many clients may attach to, one after the other: it echoes input and notes sizes.</summary>
internal sealed class LabTerminal
{
    private readonly TaskCompletionSource<int> exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<TerminalSize> Sizes { get; } = [];

    public int Attached { get; private set; }

    public int Detached { get; private set; }

    /// <summary>Ends the container.</summary>
    public void End(int code) => exit.TrySetResult(code);

    /// <summary>What is typed comes back; the word "exit" ends the container.</summary>
    public ContainerStreams Attach(bool tty)
    {
        Attached++;
        var input = new Pipe();
        var output = new Pipe();
        var ended = new CancellationTokenSource();
        var echo = EchoAsync(input.Reader, output.Writer, ended.Token);
        exit.Task.ContinueWith(_ => ended.Cancel(), TaskScheduler.Default);
        return new ContainerStreams
        {
            Stdin = input.Writer.AsStream(),
            Stdout = output.Reader.AsStream(),
            Resize = tty ? Resize : null,
            Exit = exit.Task,
            Release = async () =>
            {
                Detached++;
                await ended.CancelAsync();
                await echo;
            },
        };
    }

    private ValueTask Resize(TerminalSize size, CancellationToken cancellationToken)
    {
        lock (Sizes)
        {
            Sizes.Add(size);
        }

        return ValueTask.CompletedTask;
    }

    private async Task EchoAsync(PipeReader input, PipeWriter output, CancellationToken cancellationToken)
    {
        try
        {
            await output.WriteAsync("ready\r\n"u8.ToArray(), cancellationToken);
            while (true)
            {
                var read = await input.ReadAsync(cancellationToken);
                foreach (var segment in read.Buffer)
                {
                    await output.WriteAsync(segment, cancellationToken);
                }

                if (System.Text.Encoding.UTF8.GetString(System.Buffers.BuffersExtensions.ToArray(read.Buffer)).Contains("exit", StringComparison.Ordinal))
                {
                    exit.TrySetResult(3);
                }

                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    // As a container whose standard input stays open: it goes on.
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await output.CompleteAsync();
        }
    }
}
