using Microsoft.Data.Sqlite;

namespace Nacelle.ApiServer.Storage;

/// <summary>One read-only connection with its prepared statements; used by one thread at a time.</summary>
internal sealed class StoreReader : IDisposable
{
    private const string LastRevision = "max((SELECT coalesce(max(revision), 1) FROM log), (SELECT revision FROM compacted))";

    private readonly SqliteConnection connection;
    private readonly SqliteCommand get;
    private readonly SqliteCommand list;
    private readonly SqliteCommand listAt;
    private readonly SqliteCommand count;
    private readonly SqliteCommand countAt;
    private readonly SqliteCommand range;
    private readonly SqliteCommand state;
    private readonly SqliteCommand begin;
    private readonly SqliteCommand end;

    public StoreReader(SqliteConnection connection)
    {
        this.connection = connection;
        get = Prepare("SELECT l.revision, l.json FROM current c JOIN log l ON l.revision = c.revision WHERE c.kind = $a AND c.key = $b");
        list = Prepare("""
            SELECT c.key, c.revision, l.json FROM current c JOIN log l ON l.revision = c.revision
            WHERE c.kind = $a AND c.key >= $b AND c.key < $c ORDER BY c.key LIMIT $d
            """);
        count = Prepare("SELECT count(*) FROM current WHERE kind = $a AND key >= $b AND key < $c");
        // max() makes SQLite take the other columns from the row that has the maximum.
        listAt = Prepare("""
            SELECT key, revision, json FROM (
                SELECT key, max(revision) AS revision, deleted, json FROM log
                WHERE kind = $a AND key >= $b AND key < $c AND revision <= $e GROUP BY key)
            WHERE deleted = 0 ORDER BY key LIMIT $d
            """);
        countAt = Prepare("""
            SELECT count(*) FROM (
                SELECT max(revision), deleted FROM log
                WHERE kind = $a AND key >= $b AND key < $c AND revision <= $e GROUP BY key)
            WHERE deleted = 0
            """);
        range = Prepare("""
            SELECT l.key, l.revision, l.json, l.previous, l.deleted, p.json FROM log l LEFT JOIN log p ON p.revision = l.previous
            WHERE l.revision > $b AND l.revision <= $c AND l.kind = $a ORDER BY l.revision
            """);
        state = Prepare($"SELECT {LastRevision}, (SELECT revision FROM compacted)");
        begin = Prepare("BEGIN");
        end = Prepare("COMMIT");
    }

    /// <summary>Latest revision, and the newest compacted one (the oldest whose state can be read).</summary>
    public (long Last, long Oldest) State()
    {
        using SqliteDataReader row = state.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    public StoredObject? Get(string kind, string key)
    {
        Bind(get, kind, key);
        using SqliteDataReader row = get.ExecuteReader();
        return row.Read() ? new StoredObject(key, row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : null;
    }

    /// <param name="limit">0 for all.</param>
    /// <param name="revision">The state to show; 0 for the latest.</param>
    /// <exception cref="StoreExpiredException">That state has been compacted.</exception>
    public ListPage List(string kind, KeyRange keys, long limit, long revision)
    {
        // One transaction, so that the revision and the rows belong to the same state.
        using var snapshot = new Snapshot(begin, end);
        (long last, long oldest) = State();
        bool past = revision != 0 && revision < last;
        if (past && revision < oldest)
        {
            throw new StoreExpiredException(revision, oldest);
        }

        long shown = revision != 0 ? revision : last;
        SqliteCommand query = past ? listAt : list;
        Bind(query, kind, keys.From, keys.Before);
        query.Parameters["$d"].Value = limit > 0 ? limit : -1;
        if (past)
        {
            query.Parameters["$e"].Value = shown;
        }

        var items = new List<StoredObject>();
        using (SqliteDataReader row = query.ExecuteReader())
        {
            while (row.Read())
            {
                items.Add(new StoredObject(row.GetString(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)));
            }
        }

        long remaining = limit > 0 && items.Count == limit ? Count(past, kind, keys.After(items[^1].Key), shown) : 0;
        return new ListPage(shown, items, remaining);
    }

    /// <summary>The writes of a kind after one revision up to another, oldest first.</summary>
    /// <exception cref="StoreExpiredException">Some of them have been compacted.</exception>
    public List<LogEntry> Changes(string kind, KeyRange keys, long after, long upTo)
    {
        using var snapshot = new Snapshot(begin, end);
        long oldest = State().Oldest;
        if (after < oldest)
        {
            throw new StoreExpiredException(after, oldest);
        }

        range.Parameters["$a"].Value = kind;
        range.Parameters["$b"].Value = after;
        range.Parameters["$c"].Value = upTo;
        var entries = new List<LogEntry>();
        using SqliteDataReader row = range.ExecuteReader();
        while (row.Read())
        {
            string key = row.GetString(0);
            if (keys.Contains(key))
            {
                var item = new StoredObject(key, row.GetInt64(1), row.GetFieldValue<byte[]>(2));
                entries.Add(new LogEntry(kind, item, row.GetInt64(3), row.GetInt64(4) != 0, row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5)));
            }
        }

        return entries;
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in (SqliteCommand[])[get, list, listAt, count, countAt, range, state, begin, end])
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private long Count(bool past, string kind, KeyRange keys, long revision)
    {
        SqliteCommand query = past ? countAt : count;
        Bind(query, kind, keys.From, keys.Before);
        if (past)
        {
            query.Parameters["$e"].Value = revision;
        }

        return (long)query.ExecuteScalar()!;
    }

    private static void Bind(SqliteCommand command, string a, string b, string? c = null)
    {
        command.Parameters["$a"].Value = a;
        command.Parameters["$b"].Value = b;
        if (c is not null)
        {
            command.Parameters["$c"].Value = c;
        }
    }

    /// <summary>A read transaction: all within sees one state.</summary>
    private readonly struct Snapshot : IDisposable
    {
        private readonly SqliteCommand end;

        public Snapshot(SqliteCommand begin, SqliteCommand end)
        {
            this.end = end;
            begin.ExecuteNonQuery();
        }

        public void Dispose() => end.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // constant texts of this class only
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (string name in (string[])["$a", "$b", "$c", "$d", "$e"])
        {
            if (sql.Contains(name, StringComparison.Ordinal))
            {
                command.Parameters.Add(new SqliteParameter(name, DBNull.Value));
            }
        }

        command.Prepare();
        return command;
    }
}
