using Microsoft.Extensions.Logging;

namespace Nacelle.Runtime;

/// <summary>
/// The way back of an effect with several steps: the last step is undone first, each within one common deadline of its own (never the
/// request's), and a step that fails does not stop the others.
/// </summary>
internal sealed class Rollback(ILogger logger)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Stack<(string Name, Func<CancellationToken, Task> Undo)> steps = new();

    public void Add(string name, Func<CancellationToken, Task> undo) => steps.Push((name, undo));

    public void Add(string name, Action undo) => steps.Push((name, _ =>
    {
        undo();
        return Task.CompletedTask;
    }
    ));

    /// <summary>Undoes every step.</summary>
    /// <returns>The failure to report: the cause alone, or with what could not be undone.</returns>
    public async Task<Exception> UndoAsync(Exception cause)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var failures = new List<string>();
        while (steps.TryPop(out var step))
        {
            try
            {
                await step.Undo(deadline.Token).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // A failing step must not keep the others from being undone; it is reported below.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                RuntimeLog.RollbackStepFailed(logger, step.Name, failure);
                failures.Add($"{step.Name}: {failure.Message}");
            }
        }

        if (failures.Count == 0)
        {
            return cause;
        }

        var kind = cause is RuntimeException known ? known.Kind : FailureKind.Unknown;
        return new RuntimeException(kind, $"{cause.Message} (and what had been done could not all be undone: {string.Join("; ", failures)})", cause);
    }
}
