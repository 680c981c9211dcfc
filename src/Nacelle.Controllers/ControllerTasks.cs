namespace Nacelle.Controllers;

/// <summary>Runs the tasks that make up a controller as one: when one fails, the others are cancelled and drained, and its error comes out.</summary>
internal static class ControllerTasks
{
    public static async Task RunAllAsync(IReadOnlyList<Func<CancellationToken, Task>> tasks, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = tasks.Select(task => Task.Run(() => task(stop.Token), CancellationToken.None)).ToList();
        var first = await Task.WhenAny(running);
        await stop.CancelAsync();
        try
        {
            await Task.WhenAll(running);
        }
        catch (Exception e) when (e is not OperationCanceledException || first.IsFaulted)
        {
            // The error that ended the rest is the one to tell.
            await first;
            throw;
        }
    }
}
