namespace Nacelle.ApiServer.Storage;

/// <summary>Objects of one revision of the store, in the order of their keys.</summary>
/// <param name="Revision">The revision that the page shows.</param>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Remaining">How many more the range holds behind the last item.</param>
public sealed record ListPage(long Revision, IReadOnlyList<StoredObject> Items, long Remaining);
