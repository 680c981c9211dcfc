namespace Nacelle.ApiServer.Storage;

/// <summary>One revision of one object.</summary>
/// <param name="Key"><c>namespace/name</c>, or <c>name</c> for a kind without namespaces.</param>
/// <param name="Revision">The object's resourceVersion.</param>
/// <param name="Json">
/// UTF-8 JSON without <c>kind</c> and <c>apiVersion</c> (lists give their items without them); it begins with
/// <c>{"metadata":{"resourceVersion":"…"</c>. Never changed after it was stored: readers share it.
/// </param>
public sealed record StoredObject(string Key, long Revision, byte[] Json);
