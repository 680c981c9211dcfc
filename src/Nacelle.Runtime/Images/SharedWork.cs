namespace Nacelle.Runtime.Images;

/// <summary>
/// Runs work once for all who ask for the same thing at the same time. A caller who gives up leaves the others their work; when the
/// last one gives up it is cancelled and waited for.
/// </summary>
internal sealed class SharedWork<TKey, TResult>
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, Entry> running = [];

    /// <summary>Joins the work for this key, or starts it.</summary>
    public async Task<TResult> RunAsync(TKey key, Func<CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (gate)
        {
            if (!running.TryGetValue(key, out entry))
            {
                entry = new Entry();
                CancellationToken token = entry.Cancellation.Token;
                entry.Work = Task.Run(() => work(token), CancellationToken.None);
                running[key] = entry;
            }

            entry.Waiting++;
        }

        try
        {
            return await entry.Work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await LeaveAsync(key, entry).ConfigureAwait(false);
        }
    }

    /// <summary>Ends when nothing runs any more; whoever calls it has cancelled all callers before.</summary>
    public async Task DrainAsync()
    {
        while (true)
        {
            List<Task> works;
            lock (gate)
            {
                works = [.. running.Values.Select(entry => entry.Work)];
            }

            if (works.Count == 0)
            {
                return;
            }

            await EndAsync(Task.WhenAll(works)).ConfigureAwait(false);
            await Task.Yield();
        }
    }

    private static Task EndAsync(Task work) =>
        work.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task LeaveAsync(TKey key, Entry entry)
    {
        lock (gate)
        {
            if (--entry.Waiting > 0)
            {
                return;
            }

            running.Remove(key);
        }

        await entry.Cancellation.CancelAsync().ConfigureAwait(false);
        // Its outcome has been told to whoever waited; here only its end matters.
        await EndAsync(entry.Work).ConfigureAwait(false);
        entry.Cancellation.Dispose();
    }

    private sealed class Entry
    {
        public CancellationTokenSource Cancellation { get; } = new();

        public Task<TResult> Work { get; set; } = null!;

        public int Waiting { get; set; }
    }
}
