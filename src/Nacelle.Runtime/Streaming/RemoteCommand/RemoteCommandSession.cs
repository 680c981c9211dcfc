using System.IO.Pipelines;
using Microsoft.Extensions.Logging;

namespace Nacelle.Runtime.Streaming.RemoteCommand;

/// <summary>
/// One exec or attach from its opening to its end: copies between client and container, and tells the client how it ended.
/// It ends when the container's side has ended, or when the client is gone; then the streams are closed.
/// </summary>
internal sealed class RemoteCommandSession(IRemoteCommandClient client, RemoteCommandKind kind, TimeProvider time, ILogger logger)
{
    // A container that has ended may leave a child of a neighbour's making with its output open: attach does not wait for that.
    private static readonly TimeSpan AttachDrain = TimeSpan.FromSeconds(5);

    /// <summary>Runs until the end; throws only when cancelled.</summary>
    public async Task RunAsync(Func<CancellationToken, Task<ContainerStreams>> open, CancellationToken cancellationToken)
    {
        ContainerStreams container;
        try
        {
            container = await open(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            StreamingLog.OpenFailed(logger, kind, exception.Message);
            await EndAsync(RemoteCommandStatus.InternalError($"{Failed}: {exception.Message}"), cancellationToken).ConfigureAwait(false);
            return;
        }

        var status = await CopyAsync(container, cancellationToken).ConfigureAwait(false);
        if (status is not null)
        {
            await EndAsync(status, cancellationToken).ConfigureAwait(false);
        }
    }

    private string Failed => kind == RemoteCommandKind.Exec ? "error executing command in container" : "error attaching to container";

    /// <summary>Copies until the container's side or the client ends; null when it was the client.</summary>
    private async Task<RemoteCommandStatus?> CopyAsync(ContainerStreams container, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var input = Task.WhenAll(CopyStdinAsync(container.Stdin, ended.Token), ApplySizesAsync(container, ended.Token));
        var output = Task.WhenAll(
            RemoteCommandOutput.CopyAsync(container.Stdout, client, RemoteCommandChannel.Stdout, logger, ended.Token),
            RemoteCommandOutput.CopyAsync(container.Stderr, client, RemoteCommandChannel.Stderr, logger, ended.Token));
        var end = EndOfContainerAsync(container, output, ended.Token);
        try
        {
            await Task.WhenAny(end, client.Gone).WaitAsync(cancellationToken).ConfigureAwait(false);
            return end.IsCompleted ? await StatusAsync(end).ConfigureAwait(false) : null;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await container.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAll(input, output, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<RemoteCommandStatus?> StatusAsync(Task<int> end)
    {
        try
        {
            var code = await end.ConfigureAwait(false);
            return kind == RemoteCommandKind.Exec ? RemoteCommandStatus.Exited(code) : RemoteCommandStatus.Success;
        }
        catch (ClientGoneException)
        {
            return null;
        }
        catch (Exception exception)
        {
            StreamingLog.SessionFailed(logger, kind, exception.Message);
            return RemoteCommandStatus.InternalError($"{Failed}: {exception.Message}");
        }
    }

    /// <summary>For exec: all output and the exit code. For attach either, as the container's end closes both; its code is not told.</summary>
    private async Task<int> EndOfContainerAsync(ContainerStreams container, Task output, CancellationToken cancellationToken)
    {
        if (kind == RemoteCommandKind.Exec || container is { Stdout: null, Stderr: null })
        {
            await output.ConfigureAwait(false);
            return await container.Exit.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        if (await Task.WhenAny(output, container.Exit).ConfigureAwait(false) != output)
        {
            await Task.WhenAny(output, Task.Delay(AttachDrain, time, cancellationToken)).ConfigureAwait(false);
        }

        if (output.IsCompleted)
        {
            await output.ConfigureAwait(false);
        }

        return 0;
    }

    private async Task CopyStdinAsync(Stream? stdin, CancellationToken cancellationToken)
    {
        if (client.Stdin is not { } source)
        {
            return;
        }

        try
        {
            if (stdin is not null)
            {
                await source.CopyToAsync(stdin, cancellationToken).ConfigureAwait(false);
                await stdin.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            StreamingLog.InputEnded(logger, kind, exception.Message);
        }
        finally
        {
            // Completed, the pipe discards what the client goes on sending; full, it would hide that the client leaves.
            await source.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task ApplySizesAsync(ContainerStreams container, CancellationToken cancellationToken)
    {
        if (client.Resize is not { } source)
        {
            return;
        }

        try
        {
            // Each size is applied, in order: kubectl attach first sends one that is off by one, so that the program redraws.
            await foreach (var size in TerminalSizes.ReadAllAsync(source, cancellationToken).ConfigureAwait(false))
            {
                if (container.Resize is { } resize)
                {
                    await resize(size, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            StreamingLog.ResizeFailed(logger, exception.Message);
        }
        finally
        {
            await source.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async Task EndAsync(RemoteCommandStatus status, CancellationToken cancellationToken)
    {
        try
        {
            await client.WriteStatusAsync(status, cancellationToken).ConfigureAwait(false);
            await client.CloseAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            StreamingLog.ClientGone(logger, kind, exception.Message);
        }
    }
}
