using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Nacelle.ApiServer.Storage;
using Xunit;

namespace Nacelle.UnitTests.ApiServer;

/// <summary>A store in a directory of its own, with a clock that stands still; both go when the test ends.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    public const string Kind = "things";

    private readonly TimeSpan? timeToLive;

    public StoreFixture(TimeSpan? timeToLive = null)
    {
        this.timeToLive = timeToLive;
        Store = Open();
    }

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("nacelle-store-").FullName;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public ObjectStore Store { get; private set; }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Open();
    }

    public Task<StoredObject> CreateAsync(string key, string data = "") =>
        Store.WriteAsync(new StoreWrite { Kind = Kind, Key = key, Json = Json(key, data) }, TestContext.Current.CancellationToken);

    public Task<StoredObject> UpdateAsync(StoredObject expected, string data) =>
        Store.WriteAsync(
            new StoreWrite { Kind = Kind, Key = expected.Key, Expected = expected, Json = Json(expected.Key, data) }, TestContext.Current.CancellationToken);

    public Task<StoredObject> DeleteAsync(StoredObject expected) =>
        Store.WriteAsync(
            new StoreWrite { Kind = Kind, Key = expected.Key, Expected = expected, Json = expected.Json, Delete = true }, TestContext.Current.CancellationToken);

    public static string Data(StoredObject item) => (string)JsonNode.Parse(item.Json)!["data"]!;

    public static byte[] Json(string key, string data) => StoredJson.Encode(new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..] },
        ["data"] = data,
    });

    public static string Text(StoredObject item) => Encoding.UTF8.GetString(item.Json);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private ObjectStore Open() => ObjectStore.Open(
        new StoreOptions
        {
            Directory = Directory,
            TimeProvider = Clock,
            TimeToLive = timeToLive is { } life ? new Dictionary<string, TimeSpan> { [Kind] = life } : new Dictionary<string, TimeSpan>(),
        },
        NullLoggerFactory.Instance);
}
