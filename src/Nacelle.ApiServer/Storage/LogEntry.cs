namespace Nacelle.ApiServer.Storage;

/// <summary>One write as the log keeps it and as watchers receive it.</summary>
/// <param name="Kind">Name of the store, such as <c>pods</c>.</param>
/// <param name="Item">The object as written; for a deletion its last state under the revision of the deletion.</param>
/// <param name="PreviousRevision">The key's revision before, 0 when it was created by this write.</param>
/// <param name="Deleted">Whether this write removed the key.</param>
/// <param name="PreviousJson">The object before; null when it was created, or when the entry was read from the log without it.</param>
public sealed record LogEntry(string Kind, StoredObject Item, long PreviousRevision, bool Deleted, byte[]? PreviousJson);
