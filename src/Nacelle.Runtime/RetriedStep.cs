namespace Nacelle.Runtime;

/// <summary>
/// A step that has to succeed in the end (a disk that is full now has room later): tried again with growing pauses, until somebody says that it
/// need not succeed any more. One caller runs it.
/// </summary>
internal sealed class RetriedStep
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource optional = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
            // Asked before the step: what is made optional meanwhile is tried once more.
            var last = optional.Task.IsCompleted;
            if (await TryAsync(step).ConfigureAwait(false) is not { } failure)
            {
                return;
            }

            report(failure);
            failed.TrySetResult();
            if (last)
            {
                return;
            }

            await Task.WhenAny(optional.Task, Task.Delay(pause, time, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    /// <summary>From here on a failure is as good as success: it is tried once more, at once.</summary>
    public void MakeOptional() => optional.TrySetResult();

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
}
