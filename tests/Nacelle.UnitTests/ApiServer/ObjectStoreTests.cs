using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.ApiServer;
using Nacelle.ApiServer.Storage;
using Xunit;

namespace Nacelle.UnitTests.ApiServer;

public sealed class ObjectStoreTests
{
    [Fact]
    public async Task WriteAsync_NewKey_IsReadBackWithItsRevision()
    {
        await using var fixture = new StoreFixture();
        StoredObject written = await fixture.CreateAsync("ns/a", "1");
        StoredObject? read = fixture.Store.Get(StoreFixture.Kind, "ns/a");
        Assert.NotNull(read);
        Assert.Equal(written.Revision, read.Revision);
        Assert.StartsWith($$"""{"metadata":{"resourceVersion":"{{written.Revision}}",""", StoreFixture.Text(read), StringComparison.Ordinal);
        Assert.Equal(written.Revision, fixture.Store.Revision);
    }

    [Fact]
    public async Task WriteAsync_KeyTaken_ConflictsAndKeepsWhatWasThere()
    {
        await using var fixture = new StoreFixture();
        StoredObject first = await fixture.CreateAsync("ns/a", "1");
        StoreConflictException conflict = await Assert.ThrowsAsync<StoreConflictException>(() => fixture.CreateAsync("ns/a", "2"));
        Assert.Equal(first.Revision, conflict.Current);
        Assert.Equal("1", StoreFixture.Data(fixture.Store.Get(StoreFixture.Kind, "ns/a")!));
    }

    [Fact]
    public async Task WriteAsync_StaleRevision_Conflicts()
    {
        await using var fixture = new StoreFixture();
        StoredObject first = await fixture.CreateAsync("ns/a", "1");
        await fixture.UpdateAsync(first, "2");
        await Assert.ThrowsAsync<StoreConflictException>(() => fixture.UpdateAsync(first, "3"));
        Assert.Equal("2", StoreFixture.Data(fixture.Store.Get(StoreFixture.Kind, "ns/a")!));
    }

    [Fact]
    public async Task WriteAsync_ManyAtOnce_OneRevisionEachAndOneWinnerAKey()
    {
        await using var fixture = new StoreFixture();
        Task<StoredObject>[] writes = [.. Enumerable.Range(0, 400).Select(i => fixture.CreateAsync($"ns/{i % 200}"))];
        await Task.WhenAll(writes).ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
        long[] revisions = [.. writes.Where(w => w.IsCompletedSuccessfully).Select(w => w.Result.Revision)];
        Assert.Equal(200, revisions.Length);
        Assert.Equal(200, revisions.Distinct().Count());
        Assert.Equal(200, fixture.Store.List(StoreFixture.Kind, KeyRange.All).Items.Count);
    }

    [Fact]
    public async Task List_Namespace_GivesItsKeysInOrder()
    {
        await using var fixture = new StoreFixture();
        foreach (string key in (string[])["a/z", "a/b", "ab/x", "b/a", "a-b/c"])
        {
            await fixture.CreateAsync(key);
        }

        Assert.Equal(["a/b", "a/z"], fixture.Store.List(StoreFixture.Kind, KeyRange.Namespace("a")).Items.Select(i => i.Key));
        Assert.Equal(["a-b/c", "a/b", "a/z", "ab/x", "b/a"], fixture.Store.List(StoreFixture.Kind, KeyRange.All).Items.Select(i => i.Key));
    }

    [Fact]
    public async Task List_AtAPastRevision_ShowsThatState()
    {
        await using var fixture = new StoreFixture();
        StoredObject a = await fixture.CreateAsync("ns/a", "1");
        StoredObject b = await fixture.CreateAsync("ns/b", "1");
        long then = fixture.Store.Revision;
        await fixture.UpdateAsync(a, "2");
        await fixture.DeleteAsync(b);
        await fixture.CreateAsync("ns/c");
        ListPage past = fixture.Store.List(StoreFixture.Kind, KeyRange.All, limit: 1, revision: then);
        Assert.Equal(then, past.Revision);
        Assert.Equal("1", StoreFixture.Data(Assert.Single(past.Items)));
        Assert.Equal(1, past.Remaining);
        Assert.Equal(["ns/a", "ns/c"], fixture.Store.List(StoreFixture.Kind, KeyRange.All).Items.Select(i => i.Key));
    }

    [Fact]
    public async Task Compact_PastRevisions_AreRefusedAndLiveObjectsStay()
    {
        await using var fixture = new StoreFixture();
        StoredObject a = await fixture.CreateAsync("ns/a", "1");
        long then = fixture.Store.Revision;
        await fixture.UpdateAsync(a, "2");
        await fixture.DeleteAsync(await fixture.CreateAsync("ns/b"));
        fixture.Store.Compact(fixture.Store.Revision);
        Assert.Throws<StoreExpiredException>(() => fixture.Store.List(StoreFixture.Kind, KeyRange.All, revision: then));
        Assert.Throws<StoreExpiredException>(() => fixture.Store.Watch(StoreFixture.Kind, KeyRange.All, then));
        Assert.Equal("2", StoreFixture.Data(Assert.Single(fixture.Store.List(StoreFixture.Kind, KeyRange.All).Items)));
    }

    [Fact]
    public async Task Reopen_AfterCompactionOfTheLastWrite_NeverGivesARevisionTwice()
    {
        await using var fixture = new StoreFixture();
        StoredObject gone = await fixture.DeleteAsync(await fixture.CreateAsync("ns/a"));
        fixture.Store.Compact(gone.Revision);
        await fixture.ReopenAsync();
        StoredObject next = await fixture.CreateAsync("ns/b");
        Assert.True(next.Revision > gone.Revision, $"{next.Revision} after {gone.Revision}");
    }

    [Fact]
    public async Task SweepAsync_OldRevisions_AreCompactedByAge()
    {
        await using var fixture = new StoreFixture();
        StoredObject a = await fixture.CreateAsync("ns/a", "1");
        await fixture.UpdateAsync(a, "2");
        fixture.Clock.Advance(TimeSpan.FromMinutes(6));
        await fixture.CreateAsync("ns/b");
        await fixture.Store.SweepAsync(TestContext.Current.CancellationToken);
        Assert.Throws<StoreExpiredException>(() => fixture.Store.List(StoreFixture.Kind, KeyRange.All, revision: a.Revision));
        Assert.Equal(2, fixture.Store.List(StoreFixture.Kind, KeyRange.All).Items.Count);
    }

    [Fact]
    public async Task SweepAsync_ObjectPastItsLife_GoesAndWatchersHearOfIt()
    {
        await using var fixture = new StoreFixture(timeToLive: TimeSpan.FromHours(1));
        await fixture.CreateAsync("ns/old");
        fixture.Clock.Advance(TimeSpan.FromMinutes(59));
        await fixture.CreateAsync("ns/young");
        using Nacelle.ApiServer.Watching.WatchSubscription watch = fixture.Store.Watch(StoreFixture.Kind, KeyRange.All, fixture.Store.Revision);
        fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        await fixture.Store.SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal("ns/young", Assert.Single(fixture.Store.List(StoreFixture.Kind, KeyRange.All).Items).Key);
        LogEntry entry = await watch.Live.ReadAsync(TestContext.Current.CancellationToken);
        Assert.True(entry.Deleted);
        Assert.Equal("ns/old", entry.Item.Key);
    }

    [Fact]
    public async Task Watch_FromThePast_GivesWhatWasWrittenSinceOnce()
    {
        await using var fixture = new StoreFixture();
        StoredObject a = await fixture.CreateAsync("ns/a", "1");
        await fixture.UpdateAsync(a, "2");
        // Reopened, the store has nothing in memory: what was written is read from the log.
        await fixture.ReopenAsync();
        using Nacelle.ApiServer.Watching.WatchSubscription watch = fixture.Store.Watch(StoreFixture.Kind, KeyRange.All, a.Revision);
        await fixture.CreateAsync("ns/b");
        LogEntry update = Assert.Single(watch.Backlog!);
        Assert.Equal(("ns/a", a.Revision), (update.Item.Key, update.PreviousRevision));
        Assert.NotNull(update.PreviousJson);
        LogEntry created = await watch.Live.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("ns/b", 0), (created.Item.Key, created.PreviousRevision));
        Assert.False(watch.Live.TryRead(out _));
    }

    [Fact]
    public async Task Watch_OfANamespace_HearsNothingOfOthers()
    {
        await using var fixture = new StoreFixture();
        using Nacelle.ApiServer.Watching.WatchSubscription watch = fixture.Store.Watch(StoreFixture.Kind, KeyRange.Namespace("a"), fixture.Store.Revision);
        await fixture.CreateAsync("b/x");
        await fixture.CreateAsync("a/x");
        Assert.Equal("a/x", (await watch.Live.ReadAsync(TestContext.Current.CancellationToken)).Item.Key);
        Assert.False(watch.Live.TryRead(out _));
    }

    [Fact]
    public async Task Watch_ThatDoesNotRead_IsEndedAndTheWriterGoesOn()
    {
        await using var fixture = new StoreFixture();
        using Nacelle.ApiServer.Watching.WatchSubscription watch = fixture.Store.Watch(StoreFixture.Kind, KeyRange.All, fixture.Store.Revision);
        await Task.WhenAll(Enumerable.Range(0, 1100).Select(i => fixture.CreateAsync($"ns/{i}")));
        Assert.Equal(1100, fixture.Store.List(StoreFixture.Kind, KeyRange.All).Items.Count);
        await Assert.ThrowsAsync<StoreExpiredException>(async () =>
        {
            await foreach (LogEntry entry in watch.Live.ReadAllAsync(TestContext.Current.CancellationToken))
            {
                Assert.NotNull(entry);
            }
        });
    }

    [Fact]
    public async Task Open_StateInUse_IsRefusedInOneLine()
    {
        await using var fixture = new StoreFixture();
        ApiServerStartException refusal = Assert.Throws<ApiServerStartException>(
            () => ObjectStore.Open(new StoreOptions { Directory = fixture.Directory }, NullLoggerFactory.Instance));
        Assert.Equal($"another instance uses the state in {fixture.Directory}", refusal.Message);
    }

    [Fact]
    public async Task Open_StateOfANewerVersion_IsRefusedInOneLine()
    {
        await using var fixture = new StoreFixture();
        await fixture.Store.DisposeAsync();
        string path = Path.Combine(fixture.Directory, "objects.db");
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            command.ExecuteNonQuery();
        }

        ApiServerStartException refusal = Assert.Throws<ApiServerStartException>(
            () => ObjectStore.Open(new StoreOptions { Directory = fixture.Directory }, NullLoggerFactory.Instance));
        Assert.Contains("newer version", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
