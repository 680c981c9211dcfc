using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Nacelle.ApiServer.Storage;

/// <summary>Removes, now and then, what nobody may ask for any more: old revisions and objects past their life.</summary>
internal sealed partial class StoreSweeper : IAsyncDisposable
{
    private readonly ObjectStore store;
    private readonly StoreDatabase database;
    private readonly StoreWriter writer;
    private readonly StoreOptions options;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;

    public StoreSweeper(ObjectStore store, StoreDatabase database, StoreWriter writer, StoreOptions options, ILogger logger)
    {
        this.store = store;
        this.database = database;
        this.writer = writer;
        this.options = options;
        this.logger = logger;
        loop = Task.Run(RunAsync);
    }

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = options.TimeProvider.GetUtcNow();
        foreach ((string kind, TimeSpan life) in options.TimeToLive)
        {
            await ExpireAsync(kind, (now - life).ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        }

        long upTo = LastBefore((now - options.KeepRevisions).ToUnixTimeMilliseconds());
        if (upTo > 0)
        {
            store.Compact(upTo);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(options.SweepInterval, options.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await SweepAsync(stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is SqliteException or InvalidOperationException)
                {
                    SweepFailed(e);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task ExpireAsync(string kind, long writtenBefore, CancellationToken cancellationToken)
    {
        foreach (StoredObject item in Expired(kind, writtenBefore))
        {
            try
            {
                await writer.WriteAsync(
                    new StoreWrite { Kind = kind, Key = item.Key, Expected = item, Json = item.Json, Delete = true, Relaxed = true },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (StoreConflictException)
            {
                // Written again meanwhile: it lives on.
            }
        }
    }

    private List<StoredObject> Expired(string kind, long writtenBefore)
    {
        using SqliteConnection connection = database.Connect(readOnly: true);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            SELECT c.key, c.revision, l.json FROM current c JOIN log l ON l.revision = c.revision
            WHERE c.kind = $kind AND l.written <= $before LIMIT 1000
            """;
        command.Parameters.AddWithValue("$kind", kind);
        command.Parameters.AddWithValue("$before", writtenBefore);
        using SqliteDataReader row = command.ExecuteReader();
        var expired = new List<StoredObject>();
        while (row.Read())
        {
            expired.Add(new StoredObject(row.GetString(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)));
        }

        return expired;
    }

    /// <summary>The last revision written before a time, or 0. Rows are in the order of time, but for a clock set back.</summary>
    private long LastBefore(long written)
    {
        using SqliteConnection connection = database.Connect(readOnly: true);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            SELECT revision FROM log WHERE revision > (SELECT revision FROM compacted) AND written < $written ORDER BY revision DESC LIMIT 1
            """;
        command.Parameters.AddWithValue("$written", written);
        return command.ExecuteScalar() is long revision ? revision : 0;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "old revisions could not be removed; trying again later")]
    private partial void SweepFailed(Exception error);
}
