using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Nacelle.ApiServer.Storage;

/// <summary>
/// The one thread that writes. What waits while a commit is on its way to the disk goes into the next one together, so
/// that many writers share one sync. A write is acknowledged, and shown to watchers, after its commit.
/// </summary>
internal sealed partial class StoreWriter : IDisposable
{
    private const int MaxBatch = 256;

    private readonly Channel<PendingWrite> queue = Channel.CreateBounded<PendingWrite>(
        new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly SqliteConnection connection;
    private readonly SqliteCommand begin;
    private readonly SqliteCommand commit;
    private readonly SqliteCommand rollback;
    private readonly SqliteCommand find;
    private readonly SqliteCommand append;
    private readonly SqliteCommand point;
    private readonly SqliteCommand remove;
    private readonly SqliteCommand superseded;
    private readonly SqliteCommand tombstones;
    private readonly SqliteCommand compacted;
    private readonly TimeProvider clock;
    private readonly Action<IReadOnlyList<LogEntry>> publish;
    private readonly ILogger logger;
    private readonly Thread thread;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object gate = new();
    private long revision;
    private bool? synchronousFull;

    public StoreWriter(SqliteConnection connection, long revision, TimeProvider clock, Action<IReadOnlyList<LogEntry>> publish, ILogger logger)
    {
        this.connection = connection;
        this.revision = revision;
        this.clock = clock;
        this.publish = publish;
        this.logger = logger;
        begin = Command("BEGIN IMMEDIATE");
        commit = Command("COMMIT");
        rollback = Command("ROLLBACK");
        find = Command("SELECT revision FROM current WHERE kind = $kind AND key = $key", "$kind", "$key");
        append = Command(
            "INSERT INTO log (revision, kind, key, previous, deleted, written, json) VALUES ($revision, $kind, $key, $previous, $deleted, $written, $json)",
            "$revision", "$kind", "$key", "$previous", "$deleted", "$written", "$json");
        point = Command("INSERT OR REPLACE INTO current (kind, key, revision) VALUES ($kind, $key, $revision)", "$kind", "$key", "$revision");
        remove = Command("DELETE FROM current WHERE kind = $kind AND key = $key", "$kind", "$key");
        superseded = Command(
            "DELETE FROM log WHERE revision IN (SELECT previous FROM log WHERE revision > (SELECT revision FROM compacted) AND revision <= $upTo AND previous > 0)",
            "$upTo");
        tombstones = Command(
            "DELETE FROM log WHERE revision > (SELECT revision FROM compacted) AND revision <= $upTo AND deleted = 1", "$upTo");
        compacted = Command("UPDATE compacted SET revision = $upTo WHERE revision < $upTo", "$upTo");
        thread = new Thread(Run) { IsBackground = true, Name = "store writer" };
        thread.Start();
    }

    /// <summary>Ends when the writer stopped; faulted when the database failed.</summary>
    public Task Completion => stopped.Task;

    /// <exception cref="StoreConflictException">The key is not as expected.</exception>
    public async Task<StoredObject> WriteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        var pending = new PendingWrite(write);
        try
        {
            await queue.Writer.WriteAsync(pending, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw new InvalidOperationException("the store is closed", e);
        }

        // Once queued it will happen: the caller learns the outcome even if its client went away.
        return await pending.Done.ConfigureAwait(false);
    }

    /// <summary>Forgets what was superseded or deleted up to a revision; that revision itself stays readable.</summary>
    public void Compact(long upTo)
    {
        lock (gate)
        {
            begin.ExecuteNonQuery();
            try
            {
                foreach (SqliteCommand command in (SqliteCommand[])[superseded, tombstones, compacted])
                {
                    command.Parameters["$upTo"].Value = upTo;
                    command.ExecuteNonQuery();
                }

                commit.ExecuteNonQuery();
            }
            catch
            {
                rollback.ExecuteNonQuery();
                throw;
            }
        }
    }

    public void Dispose()
    {
        queue.Writer.TryComplete();
        thread.Join(TimeSpan.FromSeconds(5));
        foreach (SqliteCommand command in (SqliteCommand[])[begin, commit, rollback, find, append, point, remove, superseded, tombstones, compacted])
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private void Run()
    {
        var batch = new List<PendingWrite>(MaxBatch);
        try
        {
            while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                batch.Clear();
                while (batch.Count < MaxBatch && queue.Reader.TryRead(out PendingWrite? pending))
                {
                    batch.Add(pending);
                }

                lock (gate)
                {
                    Commit(batch);
                }
            }

            stopped.TrySetResult();
        }
        catch (Exception e)
        {
            // The database is gone or full: nothing more can be promised, and the host ends.
            WriterFailed(e);
            Abandon(batch, e);
            stopped.TrySetException(e);
        }
    }

    /// <summary>
    /// Chooses whether the next commit waits for the disk. SQLite obeys this pragma while it prepares the statement, so a prepared one would act only once.
    /// </summary>
    private void Synchronize(bool full)
    {
        if (synchronousFull != full)
        {
            StoreSchema.Execute(connection, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            synchronousFull = full;
        }
    }

    private void Commit(List<PendingWrite> batch)
    {
        long before = revision;
        Synchronize(batch.Exists(p => !p.Write.Relaxed));
        begin.ExecuteNonQuery();
        try
        {
            long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (PendingWrite pending in batch)
            {
                Apply(pending, now);
            }

            commit.ExecuteNonQuery();
        }
        catch
        {
            revision = before;
            rollback.ExecuteNonQuery();
            throw;
        }

        publish([.. batch.Where(p => p.Entry is not null).Select(p => p.Entry!)]);
        foreach (PendingWrite pending in batch.Where(p => p.Entry is not null))
        {
            pending.Complete();
        }
    }

    private void Apply(PendingWrite pending, long now)
    {
        StoreWrite write = pending.Write;
        find.Parameters["$kind"].Value = write.Kind;
        find.Parameters["$key"].Value = write.Key;
        long current = find.ExecuteScalar() is long found ? found : 0;
        long expected = write.Expected?.Revision ?? 0;
        if (current != expected)
        {
            pending.Fail(new StoreConflictException(write.Key, current));
            return;
        }

        long next = ++revision;
        var item = new StoredObject(write.Key, next, StoredJson.WithRevision(write.Json, next));
        append.Parameters["$revision"].Value = next;
        append.Parameters["$kind"].Value = write.Kind;
        append.Parameters["$key"].Value = write.Key;
        append.Parameters["$previous"].Value = current;
        append.Parameters["$deleted"].Value = write.Delete ? 1 : 0;
        append.Parameters["$written"].Value = now;
        append.Parameters["$json"].Value = item.Json;
        append.ExecuteNonQuery();
        SqliteCommand pointer = write.Delete ? remove : point;
        pointer.Parameters["$kind"].Value = write.Kind;
        pointer.Parameters["$key"].Value = write.Key;
        if (!write.Delete)
        {
            pointer.Parameters["$revision"].Value = next;
        }

        pointer.ExecuteNonQuery();
        pending.Entry = new LogEntry(write.Kind, item, current, write.Delete, write.Expected?.Json);
    }

    private void Abandon(List<PendingWrite> batch, Exception error)
    {
        queue.Writer.TryComplete();
        while (queue.Reader.TryRead(out PendingWrite? pending))
        {
            batch.Add(pending);
        }

        foreach (PendingWrite pending in batch)
        {
            pending.Fail(error);
        }
    }

    private SqliteCommand Command(string sql, params string[] parameters)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // constant texts of this class only
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (string name in parameters)
        {
            command.Parameters.Add(new SqliteParameter(name, DBNull.Value));
        }

        return command;
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "the store cannot write any more")]
    private partial void WriterFailed(Exception error);
}
