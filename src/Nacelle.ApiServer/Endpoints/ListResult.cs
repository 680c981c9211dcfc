using Nacelle.ApiServer.Storage;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>One piece of a list.</summary>
/// <param name="Revision">State that it shows.</param>
/// <param name="Items">The objects that the selectors let through.</param>
/// <param name="Continue">Token for the next piece; empty for the last.</param>
/// <param name="Remaining">How many more there are; null where a selector makes that unknown, and for the last piece.</param>
internal sealed record ListResult(long Revision, IReadOnlyList<StoredObject> Items, string Continue, long? Remaining);
