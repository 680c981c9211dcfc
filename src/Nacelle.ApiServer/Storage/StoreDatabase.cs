using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Nacelle.ApiServer.Storage;

/// <summary>The database file: exclusive to one process, opened with the pragmas that durability needs.</summary>
internal sealed class StoreDatabase : IDisposable
{
    private const string FileName = "objects.db";
    private const string LockName = "lock";

    // FileShare.None takes flock(LOCK_EX) on Linux; it ends with the process, however that ends.
    private readonly FileStream exclusive;

    private StoreDatabase(string path, FileStream exclusive)
    {
        Path = path;
        this.exclusive = exclusive;
    }

    public string Path { get; }

    /// <exception cref="ApiServerStartException">Not writable, in use by another instance, or newer than this build.</exception>
    public static StoreDatabase Open(string directory)
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        FileStream exclusive = Lock(directory);
        try
        {
            var database = new StoreDatabase(System.IO.Path.Combine(directory, FileName), exclusive);
            using SqliteConnection connection = database.Connect(readOnly: false);
            StoreSchema.Apply(connection, database.Path);
            return database;
        }
        catch (SqliteException e)
        {
            exclusive.Dispose();
            throw new ApiServerStartException($"the state in {directory} cannot be opened: {e.Message}", e);
        }
        catch
        {
            exclusive.Dispose();
            throw;
        }
    }

    public SqliteConnection Connect(bool readOnly)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Pooling = false,
            // A WAL reader needs write access to the shared memory file, so readers open the file read-write, too.
            Mode = SqliteOpenMode.ReadWriteCreate,
        }.ToString());
        connection.Open();
        StoreSchema.Execute(connection, "PRAGMA journal_mode = WAL");
        StoreSchema.Execute(connection, "PRAGMA synchronous = FULL");
        StoreSchema.Execute(connection, "PRAGMA busy_timeout = 5000");
        StoreSchema.Execute(connection, "PRAGMA cache_size = -2048");
        if (readOnly)
        {
            StoreSchema.Execute(connection, "PRAGMA query_only = ON");
        }

        return connection;
    }

    public void Dispose() => exclusive.Dispose();

    private static FileStream Lock(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiServerStartException($"the state directory {directory} cannot be made: {e.Message}", e);
        }

        string path = System.IO.Path.Combine(directory, LockName);
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ApiServerStartException($"the state directory {directory} is not writable: {e.Message}", e);
        }
        catch (IOException e) when (File.Exists(path) && !IsReadOnly(e))
        {
            throw new ApiServerStartException($"another instance uses the state in {directory}", e);
        }
        catch (IOException e)
        {
            throw new ApiServerStartException($"the state directory {directory} is not writable: {e.Message}", e);
        }
    }

    private static bool IsReadOnly(IOException e) => e.Message.Contains("Read-only", StringComparison.Ordinal);
}
