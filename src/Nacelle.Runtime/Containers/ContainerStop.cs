using Nacelle.Linux.Processes;

namespace Nacelle.Runtime.Containers;

/// <summary>Stops containers: the stop signal, the grace time, then KILL.</summary>
internal sealed class ContainerStop(RuntimeParts parts)
{
    // A process in an uninterruptible wait does not die at once; longer than this is the client's to try again.
    private static readonly TimeSpan KillDeadline = TimeSpan.FromSeconds(30);

    /// <summary>Returns once the container has ended and nothing of it is left running. One that does not run is left as it is.</summary>
    /// <param name="grace">How long it may take after the stop signal; zero kills at once.</param>
    /// <exception cref="RuntimeException">DeadlineExceeded: it does not die.</exception>
    public async Task StopAsync(Container container, TimeSpan grace, CancellationToken cancellationToken)
    {
        // A start that is under way ends first; a stop holds nothing, so that a second one with a shorter grace can overtake it.
        await container.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        container.Gate.Release();
        if (container.Record.Phase != ContainerPhase.Running)
        {
            return;
        }

        if (grace > TimeSpan.Zero)
        {
            Send(container, (Signal)container.Record.StopSignal);
            if (await EndsWithinAsync(container, grace, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }

        Send(container, Signal.Kill);
        if (!await EndsWithinAsync(container, KillDeadline, cancellationToken).ConfigureAwait(false))
        {
            throw new RuntimeException(FailureKind.DeadlineExceeded, $"container {container.Id} does not end after KILL");
        }
    }

    private static void Send(Container container, Signal signal)
    {
        try
        {
            container.Process?.Send(signal);
        }
        catch (ObjectDisposedException)
        {
            // It ended in this moment.
        }
    }

    private async Task<bool> EndsWithinAsync(Container container, TimeSpan time, CancellationToken cancellationToken)
    {
        try
        {
            await (await Task.WhenAny(container.Exited.Task, container.EndRecording.Failed).WaitAsync(time, parts.Time, cancellationToken).ConfigureAwait(false))
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }

        // It has ended, and only the record of that fails: whoever stops it wants it gone, on a full disk above all.
        if (!container.Exited.Task.IsCompleted)
        {
            container.EndRecording.MakeOptional();
        }

        await container.Exited.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }
}
