using Microsoft.Data.Sqlite;

namespace Nacelle.ApiServer.Storage;

/// <summary>
/// The tables of the database. <c>log</c> has one row a write and is never changed but by compaction; <c>current</c> names
/// the row that holds each live key.
/// </summary>
internal static class StoreSchema
{
    /// <summary>The layout that this build writes; a database with a higher one is refused.</summary>
    public const int Version = 1;

    private const string Tables = """
        CREATE TABLE log (
            revision INTEGER PRIMARY KEY,
            kind     TEXT    NOT NULL,
            key      TEXT    NOT NULL,
            previous INTEGER NOT NULL,
            deleted  INTEGER NOT NULL,
            written  INTEGER NOT NULL,
            json     BLOB    NOT NULL
        ) STRICT;
        CREATE INDEX log_key ON log (kind, key, revision);
        CREATE TABLE current (
            kind     TEXT    NOT NULL,
            key      TEXT    NOT NULL,
            revision INTEGER NOT NULL,
            PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE compacted (revision INTEGER NOT NULL) STRICT;
        INSERT INTO compacted VALUES (1);
        """;

    /// <exception cref="ApiServerStartException">The database was written by a newer version.</exception>
    public static void Apply(SqliteConnection connection, string path)
    {
        long version = (long)Scalar(connection, "PRAGMA user_version")!;
        if (version > Version)
        {
            throw new ApiServerStartException(
                $"{path} was written by a newer version (layout {version}, this one knows up to {Version}): run that version, or move the file away");
        }

        if (version == 0)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            Execute(connection, Tables, transaction);
            Execute(connection, $"PRAGMA user_version = {Version}", transaction);
            transaction.Commit();
        }
    }

    public static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // constant texts of this folder only
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    public static object? Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
