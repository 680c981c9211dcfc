namespace Nacelle.Runtime;

/// <summary>
/// A step that has to succeed in the end (a disk that is full now has room later): tried again with growing pauses, and at once when
/// somebody asks. One caller runs it, any number ask.
/// </summary>
internal sealed class RetriedStep
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly TaskCompletionSource failed = NewSource();
    private TaskCompletionSource hurry = NewSource();
    private TaskCompletionSource<Exception?> attempt = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool optional;

    /// <summary>Completes with the first failure.</summary>
    public Task Failed => failed.Task;

    /// <summary>Runs the step until it succeeds.</summary>
    /// <param name="report">Told every failure.</param>
    /// <exception cref="OperationCanceledException">Cancelled before it succeeded.</exception>
    public async Task RunAsync(Func<Task> step, Action<Exception> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            var failure = await TryAsync(step).ConfigureAwait(false);
            if (failure is null || optional)
            {
                _ = Settle(null);
                return;
            }

            report(failure);
            var hurried = Settle(failure);
            await Task.WhenAny(hurried, Task.Delay(pause, time, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    /// <summary>Does it at once if it has failed before.</summary>
    /// <returns>The next attempt's failure; null when it succeeded.</returns>
    public Task<Exception?> TryAgainAsync()
    {
        lock (gate)
        {
            hurry.TrySetResult();
            return attempt.Task;
        }
    }

    /// <summary>From here on a failure is as good as success: the next attempt is the last.</summary>
    public void MakeOptional()
    {
        optional = true;
        _ = TryAgainAsync();
    }

    private static async Task<Exception?> TryAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, it is reported and tried again.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return failure;
        }
    }

    /// <summary>Tells those who wait how the attempt went.</summary>
    /// <returns>Completes when somebody asks for another one.</returns>
    private Task Settle(Exception? failure)
    {
        lock (gate)
        {
            attempt.TrySetResult(failure);
            if (failure is not null)
            {
                attempt = new(TaskCreationOptions.RunContinuationsAsynchronously);
                hurry = NewSource();
                failed.TrySetResult();
            }

            return optional ? Task.CompletedTask : hurry.Task;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
