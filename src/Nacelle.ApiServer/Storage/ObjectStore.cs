using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Nacelle.ApiServer.Watching;

namespace Nacelle.ApiServer.Storage;

/// <summary>
/// All objects of the server: a log of writes under one revision counter, and the current revision of each key. Reads go
/// to the database on connections of their own and see whatever has been acknowledged; writes go through one thread.
/// </summary>
public sealed class ObjectStore : IAsyncDisposable
{
    private const int MaxIdleReaders = 4;

    private readonly StoreDatabase database;
    private readonly StoreWriter writer;
    private readonly WatchHub hub;
    private readonly StoreSweeper sweeper;
    private readonly ConcurrentBag<StoreReader> readers = [];
    private int disposed;

    private ObjectStore(StoreDatabase database, StoreOptions options, ILoggerFactory loggerFactory)
    {
        this.database = database;
        using StoreReader first = new(database.Connect(readOnly: true));
        long last = first.State().Last;
        hub = new WatchHub(last);
        writer = new StoreWriter(
            database.Connect(readOnly: false), last, options.TimeProvider, hub.Publish, loggerFactory.CreateLogger<ObjectStore>());
        sweeper = new StoreSweeper(this, database, writer, options, loggerFactory.CreateLogger<StoreSweeper>());
    }

    /// <summary>The latest acknowledged revision.</summary>
    public long Revision => hub.Revision;

    /// <summary>Ends when the store was closed; faulted when the database cannot be written any more.</summary>
    public Task Completion => writer.Completion;

    /// <exception cref="ApiServerStartException">Not writable, in use by another instance, or newer than this build.</exception>
    public static ObjectStore Open(StoreOptions options, ILoggerFactory loggerFactory) =>
        new(StoreDatabase.Open(options.Directory), options, loggerFactory);

    /// <summary>The object under a key now, or null.</summary>
    public StoredObject? Get(string kind, string key) => Read(reader => reader.Get(kind, key));

    /// <summary>Objects in the order of their keys.</summary>
    /// <param name="kind">Name of the store.</param>
    /// <param name="keys">Which keys.</param>
    /// <param name="limit">The most to give; 0 for all.</param>
    /// <param name="revision">The state to show; 0 for the latest.</param>
    /// <exception cref="StoreExpiredException">That state has been compacted.</exception>
    public ListPage List(string kind, KeyRange keys, long limit = 0, long revision = 0) =>
        Read(reader => reader.List(kind, keys, limit, revision));

    /// <summary>Writes one key; returns once the write is durable (for a relaxed one: visible).</summary>
    /// <exception cref="StoreConflictException">The key is not as <see cref="StoreWrite.Expected"/> says.</exception>
    public Task<StoredObject> WriteAsync(StoreWrite write, CancellationToken cancellationToken) => writer.WriteAsync(write, cancellationToken);

    /// <summary>Follows a kind from a revision on: first what was written since, then what is written.</summary>
    /// <param name="kind">Name of the store.</param>
    /// <param name="keys">Which keys.</param>
    /// <param name="after">The last revision that the caller has seen.</param>
    /// <exception cref="StoreExpiredException">Writes since then have been compacted.</exception>
    public WatchSubscription Watch(string kind, KeyRange keys, long after)
    {
        WatchSubscription subscription = hub.Subscribe(kind, keys, after, out long upTo);
        if (after >= upTo || subscription.Backlog is not null)
        {
            return subscription;
        }

        try
        {
            subscription.Backlog = Read(reader => reader.Changes(kind, keys, after, upTo));
            return subscription;
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    /// <summary>Forgets superseded revisions up to and without the given one; nothing live is lost.</summary>
    public void Compact(long upTo)
    {
        writer.Compact(Math.Min(upTo, Revision));
        hub.Forget(upTo);
    }

    /// <summary>Looks once for superseded revisions and expired objects, as the store does by itself now and then.</summary>
    public Task SweepAsync(CancellationToken cancellationToken) => sweeper.SweepAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await sweeper.DisposeAsync().ConfigureAwait(false);
        hub.Dispose();
        writer.Dispose();
        foreach (StoreReader reader in readers)
        {
            reader.Dispose();
        }

        database.Dispose();
    }

    private T Read<T>(Func<StoreReader, T> query)
    {
        if (!readers.TryTake(out StoreReader? reader))
        {
            reader = new StoreReader(database.Connect(readOnly: true));
        }

        bool healthy = false;
        try
        {
            T result = query(reader);
            healthy = true;
            return result;
        }
        catch (StoreExpiredException)
        {
            healthy = true;
            throw;
        }
        finally
        {
            if (healthy && readers.Count < MaxIdleReaders && Volatile.Read(ref disposed) == 0)
            {
                readers.Add(reader);
            }
            else
            {
                reader.Dispose();
            }
        }
    }
}
