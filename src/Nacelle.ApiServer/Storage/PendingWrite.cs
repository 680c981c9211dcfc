namespace Nacelle.ApiServer.Storage;

/// <summary>A write on its way through the writer thread.</summary>
internal sealed class PendingWrite(StoreWrite write)
{
    // The waiter must not run on the writer thread, which everybody waits for.
    private readonly TaskCompletionSource<StoredObject> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreWrite Write { get; } = write;

    /// <summary>Set by the writer once the row is in its transaction.</summary>
    public LogEntry? Entry { get; set; }

    public Task<StoredObject> Done => done.Task;

    public void Complete() => done.TrySetResult(Entry!.Item);

    public void Fail(Exception error) => done.TrySetException(error);
}
