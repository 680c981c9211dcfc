namespace Nacelle.EndToEndTests.Rig;

/// <summary>Asks again and again until an answer is right, with a deadline; for facts that nothing announces.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="TimeoutException">With the last answer.</exception>
    public static async Task<T> GetAsync<T>(
        Func<CancellationToken, Task<T>> ask, Predicate<T> isRight, string awaited, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        while (true)
        {
            var answer = await ask(cancellationToken);
            if (isRight(answer))
            {
                return answer;
            }

            try
            {
                await Task.Delay(Pause, deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{awaited} was not so within {timeout.TotalSeconds:0} s. The last answer:\n{answer}");
            }
        }
    }
}
