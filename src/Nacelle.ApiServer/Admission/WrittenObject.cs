namespace Nacelle.ApiServer.Admission;

/// <summary>The outcome of a write, in storage form; a dry run's has no revision of its own.</summary>
/// <param name="Json">See <see cref="Storage.StoredObject.Json"/>.</param>
/// <param name="Created">Whether the object is new.</param>
internal sealed record WrittenObject(byte[] Json, bool Created);
